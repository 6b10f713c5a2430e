"""Twilio (https://www.twilio.com/docs/messaging/api/message-resource): forms; receipts signed by the account's token."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

from narvaro.errors import NotSignedIn
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsUnknown
from narvaro.sms.http import client, hand_over

API = "https://api.twilio.com"
FINAL = {
    "delivered": DeliveryReceipt("delivered"),
    "undelivered": DeliveryReceipt("failed", "not_delivered"),
    "failed": DeliveryReceipt("failed", "not_delivered"),
}


class Twilio:
    name = "twilio"
    deduplicates = False

    def __init__(self, account: str, token: str, *, api: str = API) -> None:
        self._http = client(auth=(account, token))
        self._url = f"{api}/2010-04-01/Accounts/{account}/Messages.json"
        self._token = token.encode()

    async def send(self, text: OutgoingText) -> str:
        form = {"From": text.sender, "To": text.to, "Body": text.words, "StatusCallback": text.receipt_url}
        answer = await hand_over(self._http, self._url, data=form)
        if not isinstance(answer, dict) or not isinstance(answer.get("sid"), str):
            raise SmsUnknown
        return str(answer["sid"])

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        """Signed over the address and the sorted form (https://www.twilio.com/docs/usage/security)."""
        form = parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        signed = call.url + "".join(f"{name}{value}" for name, value in sorted(form))
        expected = base64.b64encode(hmac.new(self._token, signed.encode(), hashlib.sha1).digest())
        if not hmac.compare_digest(expected, call.headers.get("x-twilio-signature", "").encode()):
            raise NotSignedIn
        return FINAL.get(dict(form).get("MessageStatus", ""))

    async def close(self) -> None:
        await self._http.aclose()

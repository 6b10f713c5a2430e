"""46elks (https://46elks.com/docs/send-sms): Basic authentication, forms; receipts are unsigned forms."""

from urllib.parse import parse_qs

from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsUnknown
from narvaro.sms.http import client, hand_over

API = "https://api.46elks.com"
FINAL = {"delivered": DeliveryReceipt("delivered"), "failed": DeliveryReceipt("failed", "not_delivered")}


class Elks:
    name = "46elks"
    deduplicates = False

    def __init__(self, username: str, password: str, *, api: str = API) -> None:
        self._http = client(auth=(username, password))
        self._url = f"{api}/a1/sms"

    async def send(self, text: OutgoingText) -> str:
        form = {"from": text.sender, "to": text.to, "message": text.words, "whendelivered": text.receipt_url}
        answer = await hand_over(self._http, self._url, data=form)
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise SmsUnknown
        return str(answer["id"])

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        """The key in the address is all the proof there is, and has been checked."""
        form = parse_qs(call.body.decode("utf-8", "replace"))
        return FINAL.get(form.get("status", [""])[0])

    async def close(self) -> None:
        await self._http.aclose()

"""A region's own gateway: JSON, signed with a shared secret both ways; docs/operating/sms.md is its contract."""

import hashlib
import hmac
import json
import time

import msgspec

from narvaro.errors import NotSignedIn
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsUnknown
from narvaro.sms.http import client, hand_over

SIGNATURE = "narvaro-signature"
FRESH_FOR = 300
"""Seconds: an older signature is a replay."""
LONGEST_TIME = 12
"""Digits."""


class WebhookReceipt(msgspec.Struct, forbid_unknown_fields=False):
    status: str


class Webhook:
    name = "webhook"
    deduplicates = True

    def __init__(self, url: str, secret: str) -> None:
        self._http = client()
        self._url = url
        self._secret = secret.encode()

    async def send(self, text: OutgoingText) -> str:
        content = {
            "id": str(text.id),
            "to": text.to,
            "from": text.sender,
            "text": text.words,
            "receipt_url": text.receipt_url,
        }
        body = json.dumps(content).encode()
        headers = {
            "content-type": "application/json",
            "idempotency-key": str(text.id),
            SIGNATURE: signature(self._secret, body, int(time.time())),
        }
        answer = await hand_over(self._http, self._url, content=body, headers=headers)
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise SmsUnknown
        return str(answer["id"])

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        check_signature(self._secret, call.body, call.headers.get(SIGNATURE, ""), int(time.time()))
        try:
            status = msgspec.json.decode(call.body, type=WebhookReceipt).status
        except msgspec.MsgspecError:
            return None
        if status == "delivered":
            return DeliveryReceipt("delivered")
        return DeliveryReceipt("failed", "not_delivered") if status == "failed" else None

    async def close(self) -> None:
        await self._http.aclose()


def signature(secret: bytes, body: bytes, at: int) -> str:
    """`at`: seconds since 1970."""
    return f"t={at},v1={hmac.new(secret, f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def check_signature(secret: bytes, body: bytes, given: str, now: int) -> None:
    """Raises NotSignedIn."""
    at = given.removeprefix("t=").partition(",")[0]
    is_fresh = at.isdecimal() and len(at) <= LONGEST_TIME and abs(now - int(at)) <= FRESH_FOR
    if not is_fresh or not hmac.compare_digest(signature(secret, body, int(at)).encode(), given.encode()):
        raise NotSignedIn

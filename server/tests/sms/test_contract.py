"""Every gateway does what the door promises, with its vendor's requests, errors and receipts."""

import base64
import hashlib
import hmac
import time
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sms.conftest import Line, connect
from sms.vendors import PASSWORD, SECRET, USER, Vendor

from narvaro.errors import NotSignedIn
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsRefused, SmsUnavailable, SmsUnknown
from narvaro.sms.elks import Elks
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import FRESH_FOR, SIGNATURE, Webhook, signature

URL = "https://vard.example/hooks/sms/x/1/key"
WORDS = "Region Testköping bjuder in dig till ett videosamtal nu"


def a_text(text_id: UUID | None = None) -> OutgoingText:
    return OutgoingText(id=text_id or uuid4(), to="+46701740612", sender="Narvaro", words=WORDS, receipt_url=URL)


async def test_a_text_arrives_as_the_vendor_documents_it(line: Line) -> None:
    assert await line.gateway.send(a_text()) == "s1"
    assert line.vendor.texts == [("+46701740612", WORDS)]


async def test_a_refused_number_is_refused_for_good(line: Line) -> None:
    line.vendor.status = 400
    with pytest.raises(SmsRefused):
        await line.gateway.send(a_text())


@pytest.mark.parametrize("status", [401, 402, 403, 429, 503])
async def test_what_is_certainly_not_sent_may_be_sent_elsewhere(line: Line, status: int) -> None:
    line.vendor.status = status
    with pytest.raises(SmsUnavailable):
        await line.gateway.send(a_text())


async def test_a_vendor_that_is_not_there_has_sent_nothing(line: Line) -> None:
    gone = connect(line.gateway.name, Vendor(url="http://127.0.0.1:9"))
    with pytest.raises(SmsUnavailable):
        await gone.send(a_text())
    await gone.close()


async def test_a_vendor_that_breaks_after_taking_it_leaves_doubt(line: Line) -> None:
    line.vendor.takes_it_and_breaks = True
    with pytest.raises(SmsUnknown):
        await line.gateway.send(a_text())


async def test_the_same_text_twice_is_one_where_the_gateway_says_so(line: Line) -> None:
    text_id = uuid4()
    for _ in range(2):
        await line.gateway.send(a_text(text_id))
    assert len(line.vendor.texts) == (1 if line.gateway.deduplicates else 2)


def test_a_text_shows_neither_number_nor_words_d3() -> None:
    assert "740612" not in repr(a_text())
    assert "videosamtal" not in repr(a_text())
    assert "key" not in repr(a_text())


def receipt(body: bytes, **headers: str) -> ReceiptCall:
    return ReceiptCall(uuid4(), URL, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("status", "told"),
    [("delivered", DeliveryReceipt("delivered")), ("failed", DeliveryReceipt("failed", "not_delivered")), ("sent", None)],
)
async def test_46elks_reports_by_form(status: str, told: DeliveryReceipt | None) -> None:
    form = urlencode({"id": "s1", "status": status, "delivered": "2026-11-24T09:00:00.000"}).encode()
    gateway = Elks(USER, PASSWORD)
    assert gateway.read_receipt(receipt(form)) == told
    await gateway.close()


async def test_twilios_reports_are_believed_only_with_their_signature() -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    signed = URL + "".join(f"{name}{form[name]}" for name in sorted(form))
    sign = base64.b64encode(hmac.new(PASSWORD.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    gateway = Twilio(USER, PASSWORD)
    body = urlencode(form).encode()
    assert gateway.read_receipt(receipt(body, x_twilio_signature=sign)) == DeliveryReceipt("failed", "not_delivered")
    for forged in ("", sign[:-4] + "AAA="):
        with pytest.raises(NotSignedIn):
            gateway.read_receipt(receipt(body, x_twilio_signature=forged))
    with pytest.raises(NotSignedIn):
        gateway.read_receipt(receipt(body + b"&x=y", x_twilio_signature=sign))
    await gateway.close()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"status": "delivered", "more": 1}', DeliveryReceipt("delivered")),
        (b'{"status": "failed"}', DeliveryReceipt("failed", "not_delivered")),
        (b'{"status": "on its way"}', None),
        (b"not json", None),
    ],
)
async def test_a_regions_own_gateway_signs_its_reports(body: bytes, told: DeliveryReceipt | None) -> None:
    gateway = Webhook("http://127.0.0.1:9", SECRET)
    now = int(time.time())
    assert gateway.read_receipt(receipt(body, **{SIGNATURE: signature(SECRET.encode(), body, now)})) == told
    stale, foreign = (
        signature(SECRET.encode(), body, now - FRESH_FOR - 5),
        signature(b"another secret", body, now),
    )
    for forged in (stale, foreign, "", "t=x,v1=y"):
        with pytest.raises(NotSignedIn):
            gateway.read_receipt(receipt(body, **{SIGNATURE: forged}))
    await gateway.close()

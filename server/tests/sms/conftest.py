"""Every adapter with its vendor, and texts that belong to a test."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sms import smsc, vendors
from sms.smsc import Smsc
from sms.vendors import PASSWORD, SECRET, USER, Vendor, serving

from narvaro.sms import DeliveryReceipt, SmsGateway
from narvaro.sms.elks import Elks
from narvaro.sms.smpp import Smpp
from narvaro.sms.smpp_line import Account
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import Webhook


@dataclass
class Line:
    """An adapter and the vendor at its other end."""

    gateway: SmsGateway
    vendor: Vendor | Smsc


def connect(name: str, vendor: Vendor | Smsc) -> SmsGateway:
    if name == "smpp":
        port = int(vendor.url.rpartition(":")[2])
        return Smpp(Account("127.0.0.1", port, is_tls=False, system_id=smsc.SYSTEM_ID, password=smsc.PASSWORD), forget)
    if name == "46elks":
        return Elks(USER, PASSWORD, api=vendor.url)
    return Twilio(USER, PASSWORD, api=vendor.url) if name == "twilio" else Webhook(f"{vendor.url}/send", SECRET)


async def forget(_name: str, _receipt: DeliveryReceipt) -> None:
    """No receipts come here."""


@contextmanager
def vendor_of(name: str) -> Iterator[Vendor | Smsc]:
    take = {"46elks": vendors.elks, "twilio": vendors.twilio, "webhook": vendors.webhook}
    with smsc.smsc() if name == "smpp" else serving(take[name]) as vendor:
        yield vendor


@pytest.fixture(params=["46elks", "twilio", "webhook", "smpp"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    with vendor_of(request.param) as vendor:
        gateway = connect(request.param, vendor)
        yield Line(gateway, vendor)
        await gateway.close()

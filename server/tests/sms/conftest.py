"""Every adapter with its vendor, and texts that belong to a test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sms import vendors
from sms.vendors import PASSWORD, SECRET, USER, Vendor, serving

from narvaro.sms import SmsGateway
from narvaro.sms.elks import Elks
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import Webhook


@dataclass
class Line:
    """An adapter and the vendor at its other end."""

    gateway: SmsGateway
    vendor: Vendor


def connect(name: str, vendor: Vendor) -> SmsGateway:
    if name == "46elks":
        return Elks(USER, PASSWORD, api=vendor.url)
    return Twilio(USER, PASSWORD, api=vendor.url) if name == "twilio" else Webhook(f"{vendor.url}/send", SECRET)


@pytest.fixture(params=["46elks", "twilio", "webhook"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    take = {"46elks": vendors.elks, "twilio": vendors.twilio, "webhook": vendors.webhook}[request.param]
    with serving(take) as vendor:
        gateway = connect(request.param, vendor)
        yield Line(gateway, vendor)
        await gateway.close()

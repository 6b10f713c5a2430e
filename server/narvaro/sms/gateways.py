"""Which adapter a name in the settings means."""

from collections.abc import Callable
from typing import Any

from narvaro.db.session import Database
from narvaro.settings import SMS_GATEWAYS, Settings
from narvaro.sms import SmsGateway
from narvaro.sms.demo import DemoGateway
from narvaro.sms.elks import Elks
from narvaro.sms.purposes import Stationery
from narvaro.sms.sending import Sms
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import Webhook

ADAPTERS: dict[str, Callable[..., SmsGateway]] = {"46elks": Elks, "twilio": Twilio, "webhook": Webhook}


def open_sms(settings: Settings, database: Database) -> Sms:
    gateways: list[SmsGateway] = []
    for name in settings.sms_gateways:
        given: list[Any] = [getattr(settings, needed) for needed in SMS_GATEWAYS[name]]
        gateways.append(ADAPTERS[name](*given) if name in ADAPTERS else DemoGateway(database))
    return Sms(gateways, Stationery(settings.base_url, settings.link_secret))

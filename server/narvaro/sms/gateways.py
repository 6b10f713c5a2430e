"""Which adapter a name in the settings means."""

from collections.abc import Callable
from typing import Any

from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.settings import SMS_GATEWAYS, Settings
from narvaro.sms import DeliveryReceipt, SmsGateway
from narvaro.sms.actions import note_receipt_by_name
from narvaro.sms.demo import DemoGateway
from narvaro.sms.elks import Elks
from narvaro.sms.purposes import Stationery
from narvaro.sms.sending import Sms
from narvaro.sms.smpp import Smpp, TakeReceipt
from narvaro.sms.smpp_line import Account
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import Webhook

ADAPTERS: dict[str, Callable[..., SmsGateway]] = {"46elks": Elks, "twilio": Twilio, "webhook": Webhook}


def open_sms(settings: Settings, database: Database) -> Sms:
    gateways = [open_gateway(name, settings, database) for name in settings.sms_gateways]
    return Sms(gateways, Stationery(settings.base_url, settings.link_secret))


def open_gateway(name: str, settings: Settings, database: Database) -> SmsGateway:
    given: list[Any] = [getattr(settings, needed) for needed in SMS_GATEWAYS[name]]
    if name == "smpp":
        return Smpp(smpp_account(settings, *given), taking_receipts(database, name))
    return ADAPTERS[name](*given) if name in ADAPTERS else DemoGateway(database)


def smpp_account(settings: Settings, host: str, system_id: str, password: str) -> Account:
    return Account(
        host=host,
        port=settings.sms_smpp_port,
        is_tls=settings.sms_smpp_tls,
        system_id=system_id,
        password=password,
        source=settings.sms_smpp_source,
        source_ton=settings.sms_smpp_source_ton,
        source_npi=settings.sms_smpp_source_npi,
    )


def taking_receipts(database: Database, gateway: str) -> TakeReceipt:
    """What `/hooks/sms` is for the others."""

    async def take(gateway_id: str, receipt: DeliveryReceipt) -> None:
        async with database.transaction() as db:
            await note_receipt_by_name(db, gateway, gateway_id, receipt, now=utc_now())

    return take

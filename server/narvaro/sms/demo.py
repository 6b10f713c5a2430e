"""The demo's gateway: texts go to the virtual phones in its own database. Refused off loopback (G5)."""

from sqlalchemy.dialects.postgresql import insert

from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall
from narvaro.sms.models import DemoText


class DemoGateway:
    name = "demo"
    deduplicates = True

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, text: OutgoingText) -> str:
        row = {"id": text.id, "number": text.to, "sender": text.sender, "words": text.words, "at": utc_now()}
        async with self._database.transaction() as db:
            await db.execute(insert(DemoText).values(row).on_conflict_do_nothing())
        return str(text.id)

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        """A virtual phone that has shown it says so."""
        return DeliveryReceipt("delivered")

    async def close(self) -> None:
        """Its database is closed by whoever opened it."""

"""`/demo/phones`: a virtual phone for each number that the demo has texted."""

from pathlib import Path

import msgspec
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import select

from narvaro.auth.guards import Db
from narvaro.clock import utc_now
from narvaro.sms import DeliveryReceipt
from narvaro.sms.actions import note_receipt
from narvaro.sms.models import DemoText, TextMessage
from narvaro.sms.numbers import shown_number

FILES = Path(__file__).parent / "static"
SHOWN = 200


class ShownText(msgspec.Struct):
    id: str
    sender: str
    words: str
    at: str


class Phone(msgspec.Struct):
    number: str
    texts: list[ShownText]
    """Latest first."""


@get("/demo/phones", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def show_phones() -> str:
    return (FILES / "phones.html").read_text(encoding="utf-8")


@get("/demo/phones.js", include_in_schema=False, sync_to_thread=False)
def show_phones_script() -> Response[str]:
    return Response((FILES / "phones.js").read_text(encoding="utf-8"), media_type="text/javascript")


@get("/demo/phones/texts", include_in_schema=False)
async def list_texts(database: Db) -> list[Phone]:
    """A text that a phone has fetched is delivered: the gateway's receipt, without the way round."""
    async with database.transaction() as db:
        texts = list(await db.scalars(select(DemoText).order_by(DemoText.at.desc()).limit(SHOWN)))
        shown = select(TextMessage.id).where(TextMessage.id.in_([text.id for text in texts]), TextMessage.status == "sent")
        new = list(await db.scalars(shown))
    for text_id in new:
        async with database.transaction() as db:
            await note_receipt(db, "demo", text_id, DeliveryReceipt("delivered"), now=utc_now())
    phones: dict[str, Phone] = {}
    for text in texts:
        phone = phones.setdefault(text.number, Phone(shown_number(text.number), []))
        phone.texts.append(ShownText(str(text.id), text.sender, text.words, text.at.isoformat()))
    return list(phones.values())


ROUTES: tuple[HTTPRouteHandler, ...] = (show_phones, show_phones_script, list_texts)

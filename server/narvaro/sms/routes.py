"""Receipts from gateways: proven, idempotent, in any order."""

import hmac
from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath, SkipValidation

from narvaro.auth.guards import Db
from narvaro.clock import utc_now
from narvaro.errors import NotFound, NotSignedIn
from narvaro.sms import ReceiptCall
from narvaro.sms.actions import note_receipt
from narvaro.sms.sending import Sms

SmsDoor = NamedDependency[SkipValidation[Sms]]
RECEIPT_MAX_BYTES = 65_536


@post("/hooks/sms/{gateway:str}/{text_id:uuid}/{key:str}", status_code=204, include_in_schema=False)
async def receive_receipt(
    request: Request[Any, Any, Any],
    gateway: FromPath[str],
    text_id: FromPath[UUID],
    key: FromPath[str],
    database: Db,
    sms: SmsDoor,
) -> None:
    """At the address that the text was handed over with; its key says that we made it."""
    door = sms.named(gateway)
    if door is None:
        raise NotFound
    if not hmac.compare_digest(key.encode(), sms.receipt_key(text_id).encode()):
        raise NotSignedIn
    body = await request.body()
    if len(body) > RECEIPT_MAX_BYTES:
        raise ClientException(status_code=413)
    url = sms.receipt_url(gateway, text_id)
    receipt = door.read_receipt(ReceiptCall(text_id, url, body, dict(request.headers)))
    if receipt is not None:
        async with database.transaction() as db:
            await note_receipt(db, gateway, text_id, receipt, now=utc_now())

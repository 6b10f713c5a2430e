"""A patient's choices about being reached, over HTTP."""

from typing import Any

from litestar import Request, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from narvaro.auth.guards import CurrentKnown, Db, settings_of
from narvaro.clock import utc_now
from narvaro.errors import NotFound
from narvaro.patients import push_actions
from narvaro.patients.schemas import NewPushSubscription, PushChoices, PushSettings
from narvaro.settings import is_loopback
from narvaro.webpush import PushDoor
from narvaro.webpush.actions import unsubscribe

Push = NamedDependency[SkipValidation[PushDoor | None]]


@get("/push")
async def get_push(known: CurrentKnown, database: Db, push: Push) -> PushSettings:
    async with database.reading() as db:
        return await push_actions.load_settings(db, known.actor, known.token_hash, push.public_key if push else None)


@patch("/push")
async def choose(data: JSONBody[PushChoices], known: CurrentKnown, database: Db, push: Push) -> PushSettings:
    """*Visa regionens namn*, quiet hours, *Ring mig med sms också*."""
    async with database.transaction() as db:
        await push_actions.choose(db, known.actor, data, now=utc_now())
        return await push_actions.load_settings(db, known.actor, known.token_hash, push.public_key if push else None)


@put("/push/subscription", status_code=204)
async def subscribe(
    request: Request[Any, Any, Any], data: JSONBody[NewPushSubscription], known: CurrentKnown, database: Db, push: Push
) -> None:
    """*Få veta när vården ringer*: this session's device, until the session is over."""
    if push is None:
        raise NotFound
    may_be_here = is_loopback(settings_of(request).base_url)
    async with database.transaction() as db:
        await push_actions.subscribe_device(db, known.actor, known.token_hash, data, may_be_here=may_be_here, now=utc_now())


@delete("/push/subscription", status_code=204)
async def end_subscription(known: CurrentKnown, database: Db) -> None:
    """Not on this device any more."""
    async with database.transaction() as db:
        await unsubscribe(db, known.token_hash)


PATIENT_ROUTES = [get_push, choose, subscribe, end_subscription]

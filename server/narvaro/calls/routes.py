"""Calls over HTTP. What the media server must do at once is asked of it after commit; its silence never fails a request."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath, JSONBody, SkipValidation
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.guards import CurrentActor, Db, find_session
from narvaro.auth.limits import limit_guests
from narvaro.auth.sign_in import sign_in_address
from narvaro.calls import actions, attendance_actions, message_actions, queries, ring_actions, seats
from narvaro.calls.ladder.phone import take_to_phone as take_ring_to_phone
from narvaro.calls.ladder.pushes import note_report
from narvaro.calls.ladder.rules import RungState
from narvaro.calls.ladder.texts import open_link
from narvaro.calls.reports import handle_report
from narvaro.calls.schemas import (
    AnswerRing,
    CallJoined,
    CallSnapshot,
    IncomingRing,
    JoinCall,
    LinkToken,
    NewFeedback,
    PhoneNumber,
    Pin,
    PlaceCall,
    Prepared,
    PushReport,
    SharingRule,
    WayToRing,
)
from narvaro.clock import utc_now
from narvaro.conversations.schemas import Entry, NewMessage
from narvaro.media import MediaDown, MediaServer
from narvaro.realtime.hub import HEAD_START
from narvaro.sms.numbers import shown_number

Media = NamedDependency[SkipValidation[MediaServer]]
Id = FromPath[UUID]
REPORT_MAX_BYTES = 65_536


@put("/calls/{call_id:uuid}")
async def place_call(call_id: Id, data: JSONBody[PlaceCall], actor: CurrentActor, database: Db, media: Media) -> CallSnapshot:
    """Place the call, or give it as it is: repeats are harmless. Ringing waits for nothing that follows (ADR 19)."""
    call = await database.alone(lambda db: actions.place_call(db, actor, call_id, data.conversation_id, now=utc_now()))
    await asyncio.sleep(HEAD_START)
    async with database.reading() as db:
        snapshot = await queries.load_call(db, actor, call_id)
    if call.status != "ended":
        with contextlib.suppress(MediaDown):
            await media.create_room(call.room)
    return snapshot


@get("/calls/{call_id:uuid}")
async def get_call(call_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    async with database.transaction() as db:
        snapshot = await queries.load_call(db, actor, call_id)
        await record_access(db, actor, "call.open", patient_id=snapshot.patient_id, object_id=call_id, now=utc_now())
        return snapshot


@post("/calls/{call_id:uuid}/join", status_code=200)
async def join_call(call_id: Id, data: JSONBody[JoinCall], actor: CurrentActor, database: Db, media: Media) -> CallJoined:
    """A seat and a fresh pass: at first, after a reload, when the line was lost."""
    async with database.transaction() as db:
        return await take_seat(db, media, actor, call_id, data.device_id)


@post("/calls/{call_id:uuid}/leave", status_code=204)
async def leave_call(call_id: Id, actor: CurrentActor, database: Db) -> None:
    """The call goes on without this person."""
    async with database.transaction() as db:
        await attendance_actions.leave_call(db, actor, call_id, now=utc_now())


@post("/calls/{call_id:uuid}/rings", status_code=200)
async def ring_again(call_id: Id, actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Ring igen*."""
    async with database.transaction() as db:
        await actions.ring_again(db, actor, call_id, now=utc_now())
        return await queries.load_call(db, actor, call_id)


@post("/calls/{call_id:uuid}/cancel", status_code=200)
async def cancel_call(call_id: Id, actor: CurrentActor, database: Db, media: Media) -> CallSnapshot:
    """*Avbryt* before an answer."""
    async with database.transaction() as db:
        call = await actions.cancel_call(db, actor, call_id, now=utc_now())
        snapshot = await queries.load_call(db, actor, call_id)
    await _clear_room(media, call.room)
    return snapshot


@post("/calls/{call_id:uuid}/end", status_code=200)
async def end_call(call_id: Id, actor: CurrentActor, database: Db, media: Media) -> CallSnapshot:
    """For everybody, at once (A4). A repeat gives the ended call."""
    async with database.transaction() as db:
        call = await actions.end_call(db, actor, call_id, now=utc_now())
        snapshot = await queries.load_call(db, actor, call_id)
    await _clear_room(media, call.room)
    return snapshot


@post("/calls/{call_id:uuid}/phone", status_code=200)
async def take_to_phone(call_id: Id, actor: CurrentActor, database: Db) -> PhoneNumber:
    """*Ring på telefon*: what rings in the app ends kindly."""
    async with database.transaction() as db:
        number = await take_ring_to_phone(db, actor, call_id, now=utc_now())
    return PhoneNumber(number=number, shown=shown_number(number))


@put("/calls/{call_id:uuid}/sharing")
async def set_sharing(
    call_id: Id, data: JSONBody[SharingRule], actor: CurrentActor, database: Db, media: Media
) -> CallSnapshot:
    """*Låt andra dela skärm*."""
    async with database.transaction() as db:
        call = await actions.set_sharing(db, actor, call_id, may_others_share=data.may_others_share, now=utc_now())
        snapshot = await queries.load_call(db, actor, call_id)
    with contextlib.suppress(MediaDown):
        for seat in queries.present(call):
            if seat.kind != "staff":
                await media.grant(call.room, seat.identity, seats.rights_of(call, seat))
    return snapshot


@put("/calls/{call_id:uuid}/pin")
async def pin(call_id: Id, data: JSONBody[Pin], actor: CurrentActor, database: Db) -> CallSnapshot:
    """*Fäst för alla*, and *Lossa för alla* with nobody."""
    async with database.transaction() as db:
        await actions.pin(db, actor, call_id, data.attendance_id, now=utc_now())
        return await queries.load_call(db, actor, call_id)


@post("/calls/{call_id:uuid}/messages")
async def post_in_call(call_id: Id, data: JSONBody[NewMessage], actor: CurrentActor, database: Db) -> Entry:
    """*Syns för alla i samtalet*. As a message of the conversation's: acknowledged after commit, once per id (G1)."""
    async with database.transaction() as db:
        entry = await message_actions.post_in_call(db, actor, call_id, data, now=utc_now())
        return queries.told_to(actor, entry)


@put("/calls/{call_id:uuid}/feedback", status_code=204)
async def give_feedback(call_id: Id, data: JSONBody[NewFeedback], actor: CurrentActor, database: Db) -> None:
    """Stored with the click."""
    async with database.transaction() as db:
        await attendance_actions.give_feedback(db, actor, call_id, data, now=utc_now())


@get("/rings/current")
async def current_ring(actor: CurrentActor, database: Db) -> IncomingRing | None:
    async with database.transaction() as db:
        return await queries.load_incoming(db, actor, utc_now())


@post("/rings/{ring_id:uuid}/prepare", status_code=200)
async def prepare_device(ring_id: Id, data: JSONBody[JoinCall], actor: CurrentActor, database: Db, media: Media) -> Prepared:
    """A connection made ready while it rings: it may publish, and receives nothing before the answer."""
    async with database.transaction() as db:
        call, identity = await ring_actions.prepare_device(db, actor, ring_id, data.device_id)
        is_guarded = queries.is_guarded(call)
    token = seats.join_token(media, call, identity, actor, seats.PREPARED)
    return Prepared(**asdict(token), is_guarded=is_guarded)


@post("/rings/{ring_id:uuid}/answer", status_code=200)
async def answer_ring(ring_id: Id, data: JSONBody[AnswerRing], actor: CurrentActor, database: Db, media: Media) -> CallJoined:
    """First answer wins. A prepared connection gets its rights at once, and staff its picture; the pass serves a plain join."""
    async with database.transaction() as db:
        call, seat = await ring_actions.answer_ring(db, actor, ring_id, device_id=data.device_id, now=utc_now())
        rights = seats.rights_of(call, seat)
        staff = [one.identity for one in queries.present(call) if one.kind == ActorKind.STAFF]
    with contextlib.suppress(MediaDown):
        await asyncio.gather(media.grant(call.room, seat.identity, rights), media.show(call.room, seat.identity, staff))
    async with database.reading() as db:
        snapshot = await queries.load_call(db, actor, call.id)
    return CallJoined(call=snapshot, media=seats.join_token(media, call, seat.identity, actor, rights))


@post("/rings/{ring_id:uuid}/decline", status_code=204)
async def decline_ring(ring_id: Id, actor: CurrentActor, database: Db) -> None:
    async with database.transaction() as db:
        await ring_actions.decline_ring(db, actor, ring_id, now=utc_now())


@post("/rings/{ring_id:uuid}/minute", status_code=200)
async def ask_for_minute(ring_id: Id, actor: CurrentActor, database: Db) -> IncomingRing | None:
    """*Ge mig en minut*: once per ring."""
    async with database.transaction() as db:
        now = utc_now()
        await ring_actions.ask_for_minute(db, actor, ring_id, now=now)
        return await queries.load_incoming(db, actor, now)


@post("/rings/{ring_id:uuid}/push", status_code=204)
async def report_push(ring_id: Id, data: JSONBody[PushReport], actor: CurrentActor, database: Db) -> None:
    """A device has shown the ring's push, or was pressed; the first of each counts, while it rings."""
    async with database.transaction() as db:
        await note_report(db, actor, ring_id, RungState(data.what), now=utc_now())


@post("/links", status_code=200)
async def open_ring_link(request: Request[Any, Any, Any], data: JSONBody[LinkToken], database: Db) -> WayToRing:
    """Behind a text's link: straight to the ring for whom it rings, by the sign-in for everybody else."""
    await limit_guests(request)
    known = await find_session(request, ActorKind.PATIENT)
    async with database.transaction() as db:
        patient_id, page = await open_link(db, data.token, now=utc_now())
    if known is not None and known.actor.id == patient_id:
        return WayToRing(go_to=page)
    return WayToRing(go_to=sign_in_address(ActorKind.PATIENT, page.split("/")[2], page))


@post("/hooks/livekit", status_code=204, include_in_schema=False)
async def receive_report(request: Request[Any, Any, Any], database: Db, media: Media) -> None:
    """Signed by our media server; may be lost, doubled or late (A5)."""
    body = await request.body()
    if len(body) > REPORT_MAX_BYTES:
        raise ClientException(status_code=413)
    report = media.read_report(body, request.headers.get("authorization", ""))
    if report is not None:
        await handle_report(database, media, report)


async def take_seat(db: AsyncSession, media: Media, actor: Actor, call_id: UUID, device_id: str) -> CallJoined:
    call, seat = await attendance_actions.join_call(db, actor, call_id, device_id=device_id, now=utc_now())
    snapshot = await queries.load_call(db, actor, call_id)
    return CallJoined(call=snapshot, media=seats.join_token(media, call, seat.identity, actor, seats.rights_of(call, seat)))


async def put_out_of_room(media: Media, room: str, identities: Sequence[str]) -> None:
    """As `_clear_room`, for some of those in it."""
    with contextlib.suppress(MediaDown):
        for identity in identities:
            await media.remove(room, identity)


async def _clear_room(media: Media, room: str) -> None:
    """Now, for the one-second promise; the job made in the transaction does it again until it has worked."""
    with contextlib.suppress(MediaDown):
        await media.delete_room(room)


SHARED_ROUTES = [get_call, join_call, leave_call, post_in_call, give_feedback]
STAFF_ROUTES = [*SHARED_ROUTES, place_call, ring_again, cancel_call, end_call, take_to_phone, set_sharing, pin]
PATIENT_ROUTES = [
    *SHARED_ROUTES,
    current_ring,
    prepare_device,
    answer_ring,
    decline_ring,
    ask_for_minute,
    report_push,
    open_ring_link,
]
GUEST_ROUTES = SHARED_ROUTES
HOOKS = [receive_report]

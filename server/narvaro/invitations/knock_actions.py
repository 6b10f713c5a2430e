"""Knocking, and what staff answer: admit, refuse, remove."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actions import start_session
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.calls.actions import lock_own_call
from narvaro.calls.models import Call
from narvaro.calls.queries import NO_NAME, lock_call, present
from narvaro.calls.rules import CallHasEnded, CallStatus
from narvaro.calls.seats import leave_seat, seat_of, show_from_here, sit_down, wake_call
from narvaro.conversations.actions import add_entry
from narvaro.conversations.models import Conversation
from narvaro.conversations.schemas import CallFact, EntryKind
from narvaro.errors import NotFound
from narvaro.invitations.models import Invitation, InvitationLink, Knock
from narvaro.invitations.queries import OpenLink, actor_of, call_of_knock, find_link
from narvaro.invitations.rules import (
    AlreadyInCall,
    KnockStatus,
    NameTaken,
    guest_name,
    is_name_taken,
    next_knock_status,
)
from narvaro.invitations.schemas import NewKnock
from narvaro.patients.models import Patient
from narvaro.realtime.topics import wake


async def open_link(db: AsyncSession, token: str, *, now: datetime) -> OpenLink:
    """A page shows it; that is all a preview or a scanner gains (B3). Raises LinkDead."""
    found = await find_link(db, token, now=now)
    _, call = await lock_call(db, system_of(found.clinic.id), found.invitation.call_id)
    found.invitation.opened_at = now
    await record_access(
        db, system_of(call.clinic_id), "invitation.open", patient_id=call.patient_id, object_id=found.invitation.id, now=now
    )
    await wake_call(db, call)
    return found


async def decline_link(db: AsyncSession, token: str, *, now: datetime) -> None:
    """*Jag kan inte nu*: staff read it; the link goes on working. Raises LinkDead."""
    found = await find_link(db, token, now=now)
    _, call = await lock_call(db, system_of(found.clinic.id), found.invitation.call_id)
    found.invitation.declined_at = now
    await record_access(
        db,
        system_of(call.clinic_id),
        "invitation.decline",
        patient_id=call.patient_id,
        object_id=found.invitation.id,
        now=now,
    )
    await wake_call(db, call)


async def knock(db: AsyncSession, new: NewKnock, browser: Actor | None, *, now: datetime) -> tuple[Actor, str | None]:
    """Ask to be let in → the guest, and the token of a new session unless this browser has knocked with the link before (B4).

    `browser`: the guest whose session it holds. Raises LinkDead, NameTaken, Malformed.
    """
    found = await find_link(db, new.token, now=now)
    clinic_id = found.clinic.id
    conversation, call = await lock_call(db, system_of(clinic_id), found.invitation.call_id)
    found = await find_link(db, new.token, now=now)
    earlier = await db.get(Knock, browser.id, populate_existing=True) if browser else None
    if earlier and earlier.invitation_id == found.invitation.id and earlier.status in {"knocking", "admitted"}:
        return actor_of(earlier, clinic_id), None
    name = guest_name(new.name)
    if is_name_taken(name, await _names_in(db, call)):
        raise NameTaken
    made = Knock(
        call_id=call.id,
        invitation_id=found.invitation.id,
        name=name,
        said_role=new.role,
        status=KnockStatus.KNOCKING,
        is_first_device=found.knocks == 0,
        knocked_at=now,
    )
    db.add(made)
    await db.flush()
    guest = actor_of(made, clinic_id)
    await record_access(db, guest, "call.knock", patient_id=call.patient_id, object_id=call.id, now=now)
    await _tell(db, conversation, call, made, found.invitation, "guest_knocked", guest, now=now)
    if found.is_direct:
        await _let_in(db, conversation, call, made, found.invitation, None, now=now)
    return guest, await start_session(db, ActorKind.GUEST, made.id, clinic_id, now=now)


async def ask_to_join(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> Knock:
    """*Be att få vara med*: a colleague's knock; a repeat gives the same. Raises NotFound, CallHasEnded, AlreadyInCall."""
    conversation, call = await lock_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    if call.placed_by == staff.id or seat_of(call, staff):
        raise AlreadyInCall
    query = select(Knock).where(Knock.call_id == call_id, Knock.staff_id == staff.id, Knock.status == KnockStatus.KNOCKING)
    waiting = await db.scalar(query)
    if waiting is not None:
        return waiting
    made = Knock(
        call_id=call_id,
        staff_id=staff.id,
        name=staff.name,
        status=KnockStatus.KNOCKING,
        is_first_device=True,
        knocked_at=now,
    )
    db.add(made)
    await db.flush()
    await record_access(db, staff, "call.knock", patient_id=call.patient_id, object_id=call_id, now=now)
    await _tell(db, conversation, call, made, None, "guest_knocked", staff, now=now)
    return made


async def admit(db: AsyncSession, staff: Actor, knock_id: UUID, *, now: datetime) -> UUID:
    """→ the call's id. A repeat changes nothing. Raises NotFound, CallHasEnded, KnockDecided."""
    conversation, call, knock, invitation = await _lock_knock(db, staff, knock_id)
    if knock.status != KnockStatus.ADMITTED:
        await _let_in(db, conversation, call, knock, invitation, staff, now=now)
        await record_access(db, staff, "call.admit", patient_id=call.patient_id, object_id=knock.id, now=now)
    return call.id


async def refuse(db: AsyncSession, staff: Actor, knock_id: UUID, *, now: datetime) -> UUID:
    """→ the call's id. Raises NotFound, CallHasEnded, KnockDecided."""
    _, call, knock, _ = await _lock_knock(db, staff, knock_id)
    if knock.status != KnockStatus.REFUSED:
        next_knock_status(KnockStatus(knock.status), KnockStatus.REFUSED)
        await put_out(db, staff, call, knock, now=now)
        await record_access(db, staff, "call.refuse", patient_id=call.patient_id, object_id=knock.id, now=now)
    return call.id


async def remove(db: AsyncSession, staff: Actor, knock_id: UUID, *, now: datetime) -> tuple[Call, list[str]]:
    """Out of the call, and the link dead → the call, and the media identities that must go at once.

    Raises NotFound, CallHasEnded, KnockDecided.
    """
    _, call, knock, invitation = await _lock_knock(db, staff, knock_id)
    if knock.status == KnockStatus.REMOVED:
        return call, []
    next_knock_status(KnockStatus(knock.status), KnockStatus.REMOVED)
    if invitation is not None:
        await db.execute(delete(InvitationLink).where(InvitationLink.invitation_id == invitation.id))
    gone = await put_out(db, staff, call, knock, now=now)
    await record_access(db, staff, "call.remove", patient_id=call.patient_id, object_id=knock.id, now=now)
    return call, gone


async def put_out(db: AsyncSession, staff: Actor, call: Call, knock: Knock, *, now: datetime) -> list[str]:
    """Refuse who waits, remove who is in → media identities that must go. The caller holds the lock."""
    was_in = knock.status == KnockStatus.ADMITTED
    knock.status = next_knock_status(KnockStatus(knock.status), KnockStatus.REMOVED if was_in else KnockStatus.REFUSED)
    knock.decided_at = now
    knock.decided_by = staff.id
    seat = seat_of(call, actor_of(knock, call.clinic_id))
    if seat is not None:
        await leave_seat(db, call, seat, "removed", now=now)
    conversation = await db.get_one(Conversation, call.conversation_id)
    invitation = await db.get(Invitation, knock.invitation_id) if knock.invitation_id else None
    kind: EntryKind = "guest_removed" if was_in else "guest_refused"
    await _tell(db, conversation, call, knock, invitation, kind, staff, now=now)
    return [seat.identity] if seat else []


async def tell_call_ended(db: AsyncSession, call: Call) -> None:
    """Those who wait learn it as those who are in do."""
    query = select(Knock.id).where(Knock.call_id == call.id, Knock.staff_id.is_(None))
    keys = [f"guest:{knock_id}" for knock_id in await db.scalars(query)]
    if keys:
        await wake(db, *keys)


async def note_waiting(db: AsyncSession, actor: Actor, _now: datetime) -> None:
    """A guest who knocks opened or closed the page: staff see who really waits."""
    if actor.kind is not ActorKind.GUEST:
        return
    query = select(Knock.call_id).where(Knock.id == actor.id, Knock.status == KnockStatus.KNOCKING)
    call_id = await db.scalar(query)
    if call_id is not None:
        _, call = await lock_call(db, system_of(actor.clinic_id), call_id)
        await wake_call(db, call)


async def _let_in(
    db: AsyncSession,
    conversation: Conversation,
    call: Call,
    knock: Knock,
    invitation: Invitation | None,
    staff: Actor | None,
    *,
    now: datetime,
) -> None:
    """A seat from now on; the page takes it with its own join."""
    knock.status = next_knock_status(KnockStatus(knock.status), KnockStatus.ADMITTED)
    knock.decided_at = now
    knock.decided_by = staff.id if staff else None
    who = actor_of(knock, call.clinic_id)
    seat = sit_down(call, who, "", now=now)
    seat.knock_id = knock.id
    seat.role = _role(knock, invitation)
    await show_from_here(db, call, seat)
    if staff is not None:
        seat.invited_by_name = staff.name
    elif invitation is not None:
        seat.invited_by_name = invitation.invited_by_name
    await _tell(db, conversation, call, knock, invitation, "guest_entered", staff or who, now=now)


async def _tell(
    db: AsyncSession,
    conversation: Conversation,
    call: Call,
    knock: Knock,
    invitation: Invitation | None,
    kind: EntryKind,
    author: Actor,
    *,
    now: datetime,
) -> None:
    fact = CallFact(call_id=call.id, who=knock.name, role=_role(knock, invitation))  # type: ignore[arg-type]
    await add_entry(db, conversation, kind, author, call=fact, now=now)
    await wake_call(db, call)
    await wake(db, f"guest:{knock.id}")


def _role(knock: Knock, invitation: Invitation | None) -> str | None:
    """What staff said wins."""
    return (invitation.role if invitation else None) or knock.said_role


async def _names_in(db: AsyncSession, call: Call) -> list[str]:
    """As guests read them: nobody finds out a protected name by trying it (D1b)."""
    waiting = select(Knock.name).where(Knock.call_id == call.id, Knock.status == KnockStatus.KNOCKING)
    patient = await db.get_one(Patient, call.patient_id, populate_existing=True)
    return [
        call.placed_by_name,
        *(attendance.name for attendance in present(call) if attendance.kind != ActorKind.PATIENT),
        *(await db.scalars(waiting)),
        NO_NAME if patient.has_protected_identity else patient.name,
    ]


async def _lock_knock(db: AsyncSession, staff: Actor, knock_id: UUID) -> tuple[Conversation, Call, Knock, Invitation | None]:
    conversation, call = await lock_own_call(db, staff, await call_of_knock(db, staff, knock_id))
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    knock = await db.get(Knock, knock_id, populate_existing=True)
    if knock is None or knock.staff_id == staff.id:
        raise NotFound
    return conversation, call, knock, await db.get(Invitation, knock.invitation_id) if knock.invitation_id else None

"""What staff do with invitations: send, send again, revoke."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor
from narvaro.calls.actions import lock_own_call
from narvaro.calls.models import Call
from narvaro.calls.rules import CallHasEnded, CallStatus
from narvaro.calls.seats import wake_call
from narvaro.clinics.models import Clinic
from narvaro.conversations.actions import add_entry
from narvaro.conversations.models import Conversation
from narvaro.conversations.schemas import CallFact
from narvaro.errors import NotFound
from narvaro.invitations.knock_actions import put_out
from narvaro.invitations.models import Invitation, InvitationLink, Knock
from narvaro.invitations.numbers import checked_number, number_to_invite
from narvaro.invitations.queries import TAIL, call_of_invitation, find_invited_before
from narvaro.invitations.rules import InvitationRevoked, KnockStatus
from narvaro.invitations.schemas import CheckedNumber, NewInvitation
from narvaro.invitations.texts import PURPOSE
from narvaro.sms.actions import queue_text
from narvaro.sms.rules import Limits


async def invite(db: AsyncSession, staff: Actor, call_id: UUID, new: Sequence[NewInvitation], *, now: datetime) -> None:
    """Invite all or none; each gets its text in this transaction. What has the id of an earlier one is left alone.

    Raises NotFound, CallHasEnded, NumberNotValid, NumberAlreadyInvited, NumberOfPatient, SmsLimitReached.
    """
    conversation, call = await _lock_running_call(db, staff, call_id)
    for each in new:
        known = await db.get(Invitation, each.id)
        if known is None:
            number = await number_to_invite(db, call, each.number)
            await _invite_one(db, staff, conversation, call, each, number.e164, now=now)
        elif known.call_id != call_id:
            raise NotFound
    await wake_call(db, call)


async def _invite_one(
    db: AsyncSession,
    staff: Actor,
    conversation: Conversation,
    call: Call,
    new: NewInvitation,
    number: str,
    *,
    now: datetime,
) -> None:
    invitation = Invitation(
        id=new.id,
        call_id=call.id,
        conversation_id=call.conversation_id,
        clinic_id=call.clinic_id,
        invited_by=staff.id,
        invited_by_name=staff.name,
        number=number,
        role=new.role,
        language=new.language,
        created_at=now,
    )
    db.add(invitation)
    await db.flush()
    fact = CallFact(call_id=call.id, role=new.role, number_tail=number[-TAIL:])
    await add_entry(db, conversation, "guest_invited", staff, call=fact, now=now)
    await _send(db, staff, invitation, now=now)
    await record_access(db, staff, "invitation.send", patient_id=call.patient_id, object_id=invitation.id, now=now)


async def invite_again(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> None:
    """*Bjud in samma personer*, all or none: everybody who is `invited_before`, as they were. A repeat finds nobody.

    Raises NotFound, CallHasEnded, NumberNotValid, NumberOfPatient, SmsLimitReached.
    """
    conversation, call = await _lock_running_call(db, staff, call_id)
    for before, _ in await find_invited_before(db, call):
        number = await number_to_invite(db, call, before.number)
        new = NewInvitation(id=uuid4(), number=number.e164, role=before.role, language=before.language)  # type: ignore[arg-type]
        await _invite_one(db, staff, conversation, call, new, number.e164, now=now)
    await wake_call(db, call)


async def check_number(db: AsyncSession, staff: Actor, call_id: UUID, typed: str, *, now: datetime) -> CheckedNumber:
    """Without inviting; logged, since it tells whether the number is the patient's. Raises NotFound."""
    _, call = await _lock_running_call(db, staff, call_id)
    await record_access(db, staff, "invitation.check", patient_id=call.patient_id, object_id=call.id, now=now)
    return await checked_number(db, call, typed)


async def send_again(db: AsyncSession, staff: Actor, invitation_id: UUID, *, now: datetime) -> UUID:
    """*Nytt sms*, with a link of its own; earlier ones keep working → the call's id.

    Raises NotFound, CallHasEnded, InvitationRevoked, SmsLimitReached.
    """
    invitation, call = await _lock_invitation(db, staff, invitation_id)
    if invitation.revoked_at is not None:
        raise InvitationRevoked
    await _send(db, staff, invitation, now=now)
    await record_access(db, staff, "invitation.resend", patient_id=call.patient_id, object_id=invitation.id, now=now)
    await wake_call(db, call)
    return call.id


async def revoke(db: AsyncSession, staff: Actor, invitation_id: UUID, *, now: datetime) -> tuple[Call, list[str]]:
    """Its links die and whoever came by it is put out → the call, and the media identities that must go at once (B6).

    A repeat changes nothing. Raises NotFound, CallHasEnded.
    """
    invitation, call = await _lock_invitation(db, staff, invitation_id)
    if invitation.revoked_at is not None:
        return call, []
    invitation.revoked_at = now
    await db.execute(delete(InvitationLink).where(InvitationLink.invitation_id == invitation.id))
    gone: list[str] = []
    query = select(Knock).where(
        Knock.invitation_id == invitation.id, Knock.status.in_([KnockStatus.KNOCKING, KnockStatus.ADMITTED])
    )
    for knock in await db.scalars(query):
        gone += await put_out(db, staff, call, knock, now=now)
    await record_access(db, staff, "invitation.revoke", patient_id=call.patient_id, object_id=invitation.id, now=now)
    await wake_call(db, call)
    return call, gone


async def _send(db: AsyncSession, staff: Actor, invitation: Invitation, *, now: datetime) -> None:
    came_before = exists().where(
        Invitation.clinic_id == invitation.clinic_id,
        Invitation.number == invitation.number,
        Knock.invitation_id == Invitation.id,
        Knock.status == KnockStatus.ADMITTED,
    )
    clinic = await db.get_one(Clinic, invitation.clinic_id)
    await queue_text(
        db,
        staff,
        Limits(clinic.sms_per_call, clinic.sms_per_staff, clinic.sms_per_clinic),
        purpose=PURPOSE,
        object_id=invitation.id,
        call_id=invitation.call_id,
        number=invitation.number,
        is_known_number=bool(await db.scalar(select(came_before))),
        now=now,
    )


async def _lock_running_call(db: AsyncSession, staff: Actor, call_id: UUID) -> tuple[Conversation, Call]:
    conversation, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    return conversation, call


async def _lock_invitation(db: AsyncSession, staff: Actor, invitation_id: UUID) -> tuple[Invitation, Call]:
    _, call = await _lock_running_call(db, staff, await call_of_invitation(db, staff, invitation_id))
    return await db.get_one(Invitation, invitation_id, populate_existing=True), call

"""Reading invitations and knocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.tokens import hash_token
from narvaro.calls.models import Call, CallFeedback
from narvaro.calls.queries import Visitors, present, was_let_in
from narvaro.calls.rules import CallStatus
from narvaro.calls.schemas import InvitationSnapshot, InvitedBefore
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.conversations.schemas import KnockSnapshot
from narvaro.errors import NotFound, NotSignedIn
from narvaro.invitations.models import Invitation, InvitationLink, Knock
from narvaro.invitations.rules import (
    HOLDS_SESSION_AFTER_CALL,
    INVITE_AGAIN_WITHIN,
    KNOCKS_PER_INVITATION,
    LINK_LIVES_FOR,
    RESEND_AFTER,
    WAITS_WITHOUT_PAGE,
    InvitationFacts,
    KnockStatus,
    LinkDead,
    invitation_state,
    may_be_invited_again,
)
from narvaro.invitations.schemas import GuestSnapshot
from narvaro.patients.models import Patient
from narvaro.realtime.presence import pages_of
from narvaro.sms.models import TextMessage
from narvaro.sms.numbers import shown_number

TAIL = 4


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works, and what is behind it."""

    invitation: Invitation
    clinic: Clinic
    knocks: int
    """How many browsers have knocked with it before."""
    is_protected: bool

    @property
    def is_direct(self) -> bool:
        return self.clinic.guest_admission == "direct" and self.knocks == 0 and not self.is_protected


async def find_link(db: AsyncSession, token: str, *, now: datetime) -> OpenLink:
    """One query whatever is wrong (B5). Raises LinkDead: unknown, removed, revoked, too old, its call ended, used too often."""
    knocks = select(func.count()).where(Knock.invitation_id == Invitation.id).scalar_subquery()
    query = (
        select(Invitation, Clinic, knocks, Patient.has_protected_identity)
        .join(InvitationLink, InvitationLink.invitation_id == Invitation.id)
        .join(Call, Call.id == Invitation.call_id)
        .join(Clinic, Clinic.id == Invitation.clinic_id)
        .join(Patient, Patient.id == Call.patient_id)
        .where(
            InvitationLink.token_hash == hash_token(token),
            InvitationLink.created_at > now - LINK_LIVES_FOR,
            Invitation.revoked_at.is_(None),
            Call.status != CallStatus.ENDED,
        )
        .execution_options(populate_existing=True)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None or row[2] >= KNOCKS_PER_INVITATION:
        raise LinkDead
    return OpenLink(*row)


async def load_guest(db: AsyncSession, guest: Actor) -> GuestSnapshot:
    """Raises NotSignedIn when there is no such guest any more."""
    query = (
        select(Knock, Call.status, Call.started_at, Clinic.brand, Invitation, CallFeedback.answer, was_let_in(guest))
        .join(Call, Call.id == Knock.call_id)
        .join(Clinic, Clinic.id == Call.clinic_id)
        .join(Invitation, Invitation.id == Knock.invitation_id)
        .outerjoin(CallFeedback, (CallFeedback.call_id == Call.id) & (CallFeedback.person_id == guest.id))
        .where(Knock.id == guest.id)
        .execution_options(populate_existing=True)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise NotSignedIn
    knock, call_status, started_at, brand, invitation, answer, was_there = row
    has_ended = call_status == CallStatus.ENDED
    return GuestSnapshot(
        id=knock.id,
        name=knock.name,
        role=invitation.role or knock.said_role,  # type: ignore[arg-type]
        status="ended" if has_ended and knock.status in {"knocking", "admitted"} else knock.status,  # type: ignore[arg-type]
        call_id=knock.call_id,
        brand=brand,
        language=invitation.language,  # type: ignore[arg-type]
        must_ask_feedback=has_ended and was_there and started_at is not None and answer is None,
    )


KNOWN: Final = (
    select(Knock.id, Call.clinic_id, Knock.name, null().label("role"))
    .join(Call, Call.id == Knock.call_id)
    .where(
        or_(
            Call.status != CallStatus.ENDED.value,
            Call.ended_at > bindparam("now", type_=DateTime(timezone=True)) - HOLDS_SESSION_AFTER_CALL,
        )
    )
)
"""Those with a session: while the call lasts, and for the question afterwards."""


async def find_knocks(db: AsyncSession, call_ids: Sequence[UUID]) -> dict[UUID, list[KnockSnapshot]]:
    """Those who wait now, in order, by call: a guest whose page is gone is not told."""
    query = (
        select(Knock, Invitation.role, Invitation.number)
        .outerjoin(Invitation, Invitation.id == Knock.invitation_id)
        .where(Knock.call_id.in_(call_ids), Knock.status == KnockStatus.KNOCKING)
        .order_by(Knock.knocked_at)
        .execution_options(populate_existing=True)
    )
    rows = (await db.execute(query)).all()
    if not rows:
        return {}
    pages = await pages_of(db, [knock.id for knock, _, _ in rows])
    recently = utc_now() - WAITS_WITHOUT_PAGE
    found: dict[UUID, list[KnockSnapshot]] = {}
    for knock, role, number in rows:
        if knock.staff_id or pages[knock.id].open or knock.knocked_at > recently:
            found.setdefault(knock.call_id, []).append(_knock_snapshot(knock, role, number))
    return found


def _knock_snapshot(knock: Knock, role: str | None, number: str | None) -> KnockSnapshot:
    return KnockSnapshot(
        id=knock.id,
        kind="staff" if knock.staff_id else "guest",
        name=knock.name,
        role=role,  # type: ignore[arg-type]
        said_role=knock.said_role,  # type: ignore[arg-type]
        number_tail=number and number[-TAIL:],
        is_first_device=knock.is_first_device,
        knocked_at=knock.knocked_at,
    )


async def find_visitors(db: AsyncSession, call: Call) -> Visitors:
    """Who knocks, everybody who was invited, and who can be once more; each in order."""
    knocks = (await find_knocks(db, [call.id])).get(call.id, [])
    before = [_before_snapshot(invitation, name) for invitation, name in await find_invited_before(db, call)]
    return Visitors(knocks, await _find_invitations(db, call), before)


async def find_invited_before(db: AsyncSession, call: Call) -> list[tuple[Invitation, str | None]]:
    """Of the latest call that invited anybody, if it ended shortly before this one began; in order of invitation.

    → the earlier invitation, and what whoever came by it called themself. Nobody who has been invited to this call, whatever
    became of that.
    """
    if call.status == CallStatus.ENDED:
        return []
    earlier, here = aliased(Invitation), aliased(Invitation)
    latest = (
        select(Call.id)
        .join(earlier, earlier.call_id == Call.id)
        .where(
            Call.conversation_id == call.conversation_id,
            Call.id != call.id,
            Call.ended_at >= call.placed_at - INVITE_AGAIN_WITHIN,
        )
        .order_by(Call.ended_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    by_link = select(Knock).where(Knock.invitation_id == Invitation.id)
    knocks = by_link.with_only_columns(func.array_agg(Knock.status)).scalar_subquery()
    let_in = by_link.with_only_columns(Knock.name).where(Knock.status == KnockStatus.ADMITTED)
    query = (
        select(Invitation, let_in.order_by(Knock.knocked_at.desc()).limit(1).scalar_subquery(), knocks)
        .where(Invitation.call_id == latest, Invitation.number.not_in(select(here.number).where(here.call_id == call.id)))
        .order_by(Invitation.created_at, Invitation.id)
        .execution_options(populate_existing=True)
    )
    return [
        (invitation, name)
        for invitation, name, statuses in await db.execute(query)
        if may_be_invited_again(is_revoked=invitation.revoked_at is not None, knocks=statuses or ())
    ]


def _before_snapshot(invitation: Invitation, name: str | None) -> InvitedBefore:
    return InvitedBefore(
        id=invitation.id,
        number_tail=invitation.number[-TAIL:],
        role=invitation.role,  # type: ignore[arg-type]
        language=invitation.language,  # type: ignore[arg-type]
        name=name,
    )


async def _find_invitations(db: AsyncSession, call: Call) -> list[InvitationSnapshot]:
    mine = select(Invitation).where(Invitation.call_id == call.id).order_by(Invitation.created_at, Invitation.id)
    invitations = list(await db.scalars(mine.execution_options(populate_existing=True)))
    if not invitations:
        return []
    ids = [invitation.id for invitation in invitations]
    texts = select(TextMessage).where(TextMessage.object_id.in_(ids)).order_by(TextMessage.created_at)
    text_of = {text.object_id: text for text in await db.scalars(texts.execution_options(populate_existing=True))}
    by_link = select(Knock).where(Knock.invitation_id.in_(ids)).order_by(Knock.knocked_at)
    here = {attendance.person_id for attendance in present(call)}
    latest = list(await db.scalars(by_link.execution_options(populate_existing=True)))
    knock_of = {knock.invitation_id: knock for knock in sorted(latest, key=lambda knock: knock.id in here)}
    is_over = call.status == CallStatus.ENDED
    return [_invitation_snapshot(each, text_of[each.id], knock_of.get(each.id), here, is_over=is_over) for each in invitations]


def _invitation_snapshot(
    invitation: Invitation, text: TextMessage, knock: Knock | None, here: set[UUID], *, is_over: bool
) -> InvitationSnapshot:
    is_revoked = invitation.revoked_at is not None
    state = invitation_state(
        InvitationFacts(
            is_revoked=is_revoked,
            text_status=text.status,
            text_at=text.created_at,
            opened_at=invitation.opened_at,
            declined_at=invitation.declined_at,
            knock=KnockStatus(knock.status) if knock and (knock.id in here or knock.knocked_at > text.created_at) else None,
            is_present=knock is not None and knock.id in here,
        )
    )
    return InvitationSnapshot(
        id=invitation.id,
        number=shown_number(invitation.number),
        number_tail=invitation.number[-TAIL:],
        role=invitation.role,  # type: ignore[arg-type]
        language=invitation.language,  # type: ignore[arg-type]
        state=state,
        why=text.why,
        name=knock.name if knock else None,
        invited_by_name=invitation.invited_by_name,
        may_resend_at=None if is_revoked or is_over else text.created_at + RESEND_AFTER,
    )


async def call_of_invitation(db: AsyncSession, staff: Actor, invitation_id: UUID) -> UUID:
    """Raises NotFound."""
    query = select(Invitation.call_id).where(Invitation.id == invitation_id, Invitation.clinic_id == staff.clinic_id)
    call_id: UUID | None = await db.scalar(query)
    if call_id is None:
        raise NotFound
    return call_id


async def call_of_knock(db: AsyncSession, staff: Actor, knock_id: UUID) -> UUID:
    """Raises NotFound."""
    query = select(Call.id).join(Knock, Knock.call_id == Call.id)
    call_id: UUID | None = await db.scalar(query.where(Knock.id == knock_id, Call.clinic_id == staff.clinic_id))
    if call_id is None:
        raise NotFound
    return call_id


def actor_of(knock: Knock, clinic_id: UUID) -> Actor:
    """Who knocks: the guest, or the colleague."""
    kind = ActorKind.STAFF if knock.staff_id else ActorKind.GUEST
    return Actor(kind, knock.staff_id or knock.id, clinic_id, knock.name)

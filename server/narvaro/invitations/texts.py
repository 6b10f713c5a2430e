"""What an invitation's text says, and the link in it."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.tokens import hash_token
from narvaro.calls.models import Call
from narvaro.calls.rules import CallStatus
from narvaro.clinics.models import Clinic
from narvaro.invitations.models import Invitation, InvitationLink
from narvaro.invitations.rules import invitation_words
from narvaro.realtime.topics import wake
from narvaro.sms.links import link, link_token
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import Composed, Stationery

PURPOSE = "invitation"


async def compose_invitation(db: AsyncSession, text: TextMessage, stationery: Stationery) -> Composed | None:
    """Makes the link work, then writes it; the same at every attempt. None when revoked, or when the call has ended (B6)."""
    query = (
        select(Clinic.brand, Clinic.sms_sender, Invitation.language)
        .join(Invitation, Invitation.clinic_id == Clinic.id)
        .join(Call, Call.id == Invitation.call_id)
        .where(Invitation.id == text.object_id, Invitation.revoked_at.is_(None), Call.status != CallStatus.ENDED)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    token = link_token(stationery.link_secret, text.id, text.salt)
    made = {"token_hash": hash_token(token), "invitation_id": text.object_id, "created_at": text.created_at}
    await db.execute(insert(InvitationLink).values(made).on_conflict_do_nothing())
    words = invitation_words(row.brand, link(f"{stationery.base_url}/g", token), row.language)
    return Composed(sender=row.sms_sender, words=words)


async def note_text(db: AsyncSession, invitation_id: UUID) -> None:
    """A text went on: staff read it. Takes no lock but the call's own row, after the text's."""
    call_of = select(Invitation.call_id).where(Invitation.id == invitation_id).scalar_subquery()
    call_id = await db.scalar(update(Call).where(Call.id == call_of).values(version=Call.version + 1).returning(Call.id))
    await wake(db, f"call:{call_id}")

"""What a guest's page follows, and what invitations tell the rooms below."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.people import Home, Identity, People, register_people
from narvaro.calls.actions import when_call_ended
from narvaro.calls.queries import register_visitors
from narvaro.errors import NotSignedIn
from narvaro.invitations.knock_actions import note_waiting, tell_call_ended
from narvaro.invitations.queries import KNOWN, find_knocks, find_visitors, load_guest
from narvaro.invitations.schemas import GuestState
from narvaro.invitations.texts import PURPOSE, compose_invitation, note_text
from narvaro.realtime.presence import on_presence_changed
from narvaro.realtime.topics import Loaded, register_topic
from narvaro.sms.purposes import register_purpose


async def load_guest_topic(db: AsyncSession, actor: Actor, _id: UUID | None, _since: int) -> Loaded | None:
    if actor.kind is not ActorKind.GUEST:
        return None
    try:
        return Loaded([GuestState(topic="guest", guest=await load_guest(db, actor))])
    except NotSignedIn:
        return None


async def admit_nobody(_db: AsyncSession, _home: Home, _identity: Identity, _now: object) -> None:
    """Guests come by a link, never by a provider."""


def _guest_key(actor: Actor, _id: UUID | None) -> str:
    return f"guest:{actor.id}"


def register() -> None:
    register_people(ActorKind.GUEST, People(known=KNOWN, admit=admit_nobody))
    register_purpose(PURPOSE, compose_invitation, note_text)
    register_topic("guest", load_guest_topic, key=_guest_key)
    register_visitors(find_visitors, find_knocks)
    when_call_ended(tell_call_ended)
    on_presence_changed(note_waiting)

"""What an invitation and a knock may become, and what a guest may be called. No database, no clock, no settings."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from narvaro.auth.names import person_name
from narvaro.calls.rules import InvitationState, TextLanguage
from narvaro.errors import Conflict, NotFound
from narvaro.sms.words import branded

LINK_LIVES_FOR = timedelta(hours=24)
"""And never longer than its call (B6)."""
RESEND_AFTER = timedelta(seconds=60)
INVITE_AGAIN_WITHIN = timedelta(minutes=30)
"""*Bjud in samma personer*: between the end of the call that had invited them and the beginning of the next."""
KNOCKS_PER_INVITATION = 5
"""More browsers than that do not belong to one person."""
WAITS_WITHOUT_PAGE = timedelta(seconds=10)
"""So long a knock is shown before its page has a socket, or while it reloads."""
HOLDS_SESSION_AFTER_CALL = timedelta(hours=1)
"""For the question; a guest's session gives nothing else once the call has ended."""


class KnockStatus(StrEnum):
    KNOCKING = "knocking"
    ADMITTED = "admitted"
    REFUSED = "refused"
    REMOVED = "removed"


KNOCK_TRANSITIONS: Mapping[KnockStatus, frozenset[KnockStatus]] = {
    KnockStatus.KNOCKING: frozenset({KnockStatus.ADMITTED, KnockStatus.REFUSED}),
    KnockStatus.ADMITTED: frozenset({KnockStatus.REMOVED}),
    KnockStatus.REFUSED: frozenset(),
    KnockStatus.REMOVED: frozenset(),
}


class LinkDead(NotFound):
    """The link does not work. Ask the person who invited you."""


class NameTaken(Conflict):
    """The name is already used in the call."""


class NumberAlreadyInvited(Conflict):
    """This number has been invited to the call."""


class NumberOfPatient(Conflict):
    """This is the patient's own number."""


class InvitationRevoked(Conflict):
    """The invitation has been revoked."""


class AlreadyInCall(Conflict):
    """You may enter the call."""


class KnockDecided(Conflict):
    """Somebody else has answered this knock."""


def next_knock_status(now_is: KnockStatus, wanted: KnockStatus) -> KnockStatus:
    """Raises KnockDecided."""
    if wanted in KNOCK_TRANSITIONS[now_is]:
        return wanted
    raise KnockDecided


def may_be_invited_again(*, is_revoked: bool, knocks: Collection[str]) -> bool:
    """Nobody whom staff have put out, or have turned away and not let in. `knocks`: the states of all by the earlier link."""
    if is_revoked or KnockStatus.REMOVED in knocks:
        return False
    return KnockStatus.ADMITTED in knocks or KnockStatus.REFUSED not in knocks


def guest_name(typed: str) -> str:
    """Without what poses as somebody else: "(Du)", control and bidi characters (B9). Raises Malformed."""
    return person_name(re.sub(r"\((du|you)\)", "", person_name(typed), flags=re.IGNORECASE))


def is_name_taken(name: str, present: Collection[str]) -> bool:
    return _folded(name) in {_folded(other) for other in present}


INVITATION_WORDS: Mapping[TextLanguage, str] = {
    "sv": " bjuder in dig till ett videosamtal nu: {link} Vi ber aldrig om BankID eller koder.",
    "en": " invites you to a video call now: {link} We never ask for BankID or codes.",
}
"""After the brand."""
NO_BRAND: Mapping[TextLanguage, str] = {"sv": "Vården", "en": "Health care"}


def invitation_words(brand: str, link: str, language: TextLanguage) -> str:
    """One text that names neither patient nor clinic (B7)."""
    return branded(brand, INVITATION_WORDS[language].format(link=link), NO_BRAND[language])


def _folded(name: str) -> str:
    """Look-alikes by case, width and accents count as the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What is known of one invitation. `text_status`: of the latest text; `knock`: of the latest one by its link."""

    is_revoked: bool
    text_status: str
    text_at: datetime
    opened_at: datetime | None
    declined_at: datetime | None
    knock: KnockStatus | None
    is_present: bool


_OF_TEXT: Mapping[str, InvitationState] = {
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "undeliverable",
}


def invitation_state(facts: InvitationFacts) -> InvitationState:
    """The furthest that the person has come; a text sent again after that begins anew."""
    if facts.is_revoked:
        return "revoked"
    match facts.knock:
        case KnockStatus.ADMITTED:
            return "in_call" if facts.is_present else "left"
        case KnockStatus.KNOCKING:
            return "waiting"
        case KnockStatus.REMOVED:
            return "removed"
        case KnockStatus.REFUSED:
            return "refused"
    if facts.declined_at and facts.declined_at > facts.text_at:
        return "declined"
    if facts.opened_at and facts.opened_at > facts.text_at:
        return "opened"
    return _OF_TEXT[facts.text_status]

"""How long a session lives, and where a sign-in may lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from narvaro.auth.actors import ActorKind


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`ends_after` sign-in whatever happens; `idles_for` without a request, a live call or an open socket's touch."""

    ends_after: timedelta
    idles_for: timedelta


LIFETIMES: Final[Mapping[ActorKind, Lifetime]] = {
    ActorKind.STAFF: Lifetime(ends_after=timedelta(hours=12), idles_for=timedelta(hours=2)),
    ActorKind.PATIENT: Lifetime(ends_after=timedelta(hours=12), idles_for=timedelta(hours=4)),
    ActorKind.GUEST: Lifetime(ends_after=timedelta(hours=24), idles_for=timedelta(hours=4)),
}
"""Staff: one long shift, one long lunch. Patient: the day of the appointment, its waiting time (ASVS 7.3).

Guest: a link's day (B6); the call's end ends it before.
"""

TOUCHED_AGAIN_AFTER: Final = timedelta(minutes=1)
"""`seen_at` is written at most this often."""

ATTEMPT_LIVES_FOR: Final = timedelta(minutes=15)
"""From leaving for the provider to coming back: a slow BankID and a forgotten phone fit."""

NEXT_MAX_CHARACTERS: Final = 500
USER_AGENT_MAX_CHARACTERS: Final = 300


def is_live(kind: ActorKind, *, seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    return now < expires_at and now < seen_at + LIFETIMES[kind].idles_for


def next_path(kind: ActorKind, slug: str, wanted: str | None) -> str:
    """`wanted` when it is a page of this clinic's and kind's own, else the first page: never another site (C4)."""
    first_page = f"/{kind.value}/{slug}/"
    if wanted is None or len(wanted) > NEXT_MAX_CHARACTERS or not wanted.startswith(first_page):
        return first_page
    path = wanted.partition("?")[0].partition("#")[0].lower()
    is_plain = wanted.isascii() and wanted.isprintable() and not set('\\ "<>') & set(wanted)
    has_steps = ".." in path or "//" in path or "%2e" in path or "%2f" in path or "%5c" in path
    return wanted if is_plain and not has_steps else first_page


def plain_user_agent(said: str) -> str:
    """What is kept of how a browser names itself: anybody may write anything there."""
    return "".join(character for character in said if character.isascii() and character.isprintable())[
        :USER_AGENT_MAX_CHARACTERS
    ]

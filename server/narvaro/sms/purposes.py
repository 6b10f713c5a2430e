"""What texts are for: the features above register how theirs read and who wants to know what became of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.sms.models import TextMessage


@dataclass(frozen=True, slots=True)
class Composed:
    """`sender`: at most 11 letters and digits, or a number. Shows no words (D3)."""

    sender: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stationery:
    """What an installation puts on its texts."""

    base_url: str
    link_secret: str = field(repr=False)


Compose = Callable[[AsyncSession, TextMessage, Stationery], Awaitable[Composed | None]]
"""Called just before sending; may be called again and gives the same words. None: it must not be sent any more."""
Changed = Callable[[AsyncSession, UUID], Awaitable[None]]
"""(db, the object's id): its text went on, in this transaction."""


@dataclass(frozen=True, slots=True)
class Purpose:
    compose: Compose
    changed: Changed


PURPOSES: dict[str, Purpose] = {}


def register_purpose(name: str, compose: Compose, changed: Changed) -> None:
    PURPOSES[name] = Purpose(compose, changed)

"""What a browser may say: each feature registers its own messages."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.realtime.presence import SocketFacts
from narvaro.realtime.schemas import FromClient

Said = TypeVar("Said", bound=FromClient)
MessageReceiver = Callable[[AsyncSession, SocketFacts, Said, datetime], Awaitable[None]]

MESSAGE_RECEIVERS: dict[type[FromClient], MessageReceiver[Any]] = {}


def register_client_message(kind: type[Said], receive: MessageReceiver[Said]) -> None:
    """`receive(db, socket, message, now)` runs in a transaction of its own; a Problem it raises is not told to the browser."""
    MESSAGE_RECEIVERS[kind] = receive

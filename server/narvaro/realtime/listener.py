"""One connection that listens, for ever: what PostgreSQL says reaches the hub, and so does the fact that some may be lost."""

import asyncio
from collections.abc import Callable
from typing import Final

import psycopg
import structlog

from narvaro.realtime.topics import CHANNEL

log = structlog.get_logger()

LISTENER_NAME: Final = "narvaro listener"
"""Its name in `pg_stat_activity`."""
CHECK_AFTER: Final = 10.0
"""Seconds of silence after which the line is tried; a firewall drops a silent line without a word."""
ANSWER_WITHIN: Final = 5.0
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 2.0


class Listener:
    """`on_listening` is called after every LISTEN: whatever was notified before may have been missed."""

    def __init__(self, url: str, on_notify: Callable[[str], None], on_listening: Callable[[], None]) -> None:
        self._url = url
        self._on_notify = on_notify
        self._on_listening = on_listening
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled; reconnects by itself."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    connection = await psycopg.AsyncConnection.connect(
                        self._url, autocommit=True, application_name=LISTENER_NAME
                    )
                    await connection.execute(f"LISTEN {CHANNEL}")
                pause = FIRST_PAUSE
                await self._follow(connection)
            except (psycopg.Error, TimeoutError, OSError) as error:
                log.warning("listener_lost", error=type(error).__name__)
            self.listening.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _follow(self, connection: psycopg.AsyncConnection) -> None:
        """Until the line is lost."""
        async with connection:
            self.listening.set()
            self._on_listening()
            while True:
                async for notice in connection.notifies(timeout=CHECK_AFTER):
                    self._on_notify(notice.payload)
                async with asyncio.timeout(ANSWER_WITHIN):
                    await connection.execute("SELECT 1")

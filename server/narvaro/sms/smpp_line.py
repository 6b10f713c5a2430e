"""One bind with an SMSC: requests and their answers, both ways (SMPP 3.4, sections 2 and 4)."""

import asyncio
import itertools
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiosmpplib import (
    BindTransceiver,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    SmppCommand,
    SmppCommandStatus,
    SmppMessage,
    Unbind,
    UnbindResp,
)

log = structlog.get_logger()

ANSWERS_WITHIN: Final = 10.0
ENQUIRE_EVERY: Final = 30.0
"""Seconds; a line whose answer does not come is cut."""
LONGEST: Final = 70_000
"""Octets: a message_payload of 64 kB, and the rest."""
AT_ONCE: Final = 16
"""Receipts in work; more wait in the SMSC."""
IS_RESPONSE: Final = 0x8000_0000

Take = Callable[[bytes], Awaitable[SmppCommandStatus]]
"""A deliver_sm's body → what to answer."""


class LineGone(Exception):
    """There is no line: nothing has been written."""


class NoAnswer(Exception):
    """It was written, and the line broke or stayed silent."""


class BindRefused(Exception):
    """The SMSC does not let us in."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the SMSC is and who we are there. `source`: sends from it instead of the clinic's name."""

    host: str
    port: int
    is_tls: bool
    system_id: str
    password: str = field(repr=False)
    source: str | None = None
    source_ton: int = 5
    source_npi: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = field(repr=False)


class Line:
    """Bound from `open` until `ended`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, take: Take) -> None:
        self.ended = asyncio.Event()
        self._reader = reader
        self._writer = writer
        self._take = take
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._deliveries: set[asyncio.Task[None]] = set()
        self._keeping = [asyncio.create_task(self._read()), asyncio.create_task(self._enquire())]

    @classmethod
    async def open(cls, account: Account, take: Take) -> "Line":
        """Raises OSError, TimeoutError, NoAnswer, LineGone, BindRefused."""
        context = ssl.create_default_context() if account.is_tls else None
        async with asyncio.timeout(ANSWERS_WITHIN):
            reader, writer = await asyncio.open_connection(account.host, account.port, ssl=context)
        line = cls(reader, writer, take)
        try:
            answer = await line.ask(BindTransceiver(system_id=account.system_id, password=account.password))
            if answer.status:
                raise BindRefused(hex(answer.status))
        except BaseException:
            line.cut()
            raise
        return line

    async def ask(self, message: SmppMessage) -> Answer:
        """Raises LineGone, NoAnswer."""
        message.sequence_num = next(self._numbers)
        pdu = message.pdu()
        if self.ended.is_set():
            raise LineGone
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[message.sequence_num] = answer
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                self._writer.write(pdu)
                await self._writer.drain()
                return await answer
        except (OSError, TimeoutError) as error:
            raise NoAnswer from error
        finally:
            del self._waiting[message.sequence_num]

    async def close(self) -> None:
        """Say goodbye, if anybody listens."""
        with suppress(LineGone, NoAnswer):
            await self.ask(Unbind())
        self.cut()
        with suppress(OSError):
            await self._writer.wait_closed()

    def cut(self) -> None:
        """Receipts in work are not answered: the SMSC sends them again."""
        if self.ended.is_set():
            return
        self.ended.set()
        for task in (*self._keeping, *self._deliveries):
            task.cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError())
        self._writer.close()

    async def _read(self) -> None:
        try:
            while True:
                length, command, status, number = struct.unpack("!IIII", await self._reader.readexactly(16))
                if not 16 <= length <= LONGEST:
                    log.warning("smpp_not_understood")
                    return
                body = await self._reader.readexactly(length - 16)
                if command & IS_RESPONSE:
                    self._answered(number, Answer(status, body))
                elif not await self._asked(command, number, body):
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self.cut()

    def _answered(self, number: int, answer: Answer) -> None:
        """One that comes too late is dropped."""
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def _asked(self, command: int, number: int, body: bytes) -> bool:
        """Whether to go on."""
        if command == SmppCommand.DELIVER_SM:
            if len(self._deliveries) >= AT_ONCE:
                await asyncio.wait(self._deliveries, return_when=asyncio.FIRST_COMPLETED)
            delivery = asyncio.create_task(self._deliver(number, body))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
        elif command == SmppCommand.ENQUIRE_LINK:
            self._writer.write(EnquireLinkResp(number).pdu())
        elif command == SmppCommand.UNBIND:
            self._writer.write(UnbindResp(number).pdu())
            return False
        else:
            self._writer.write(GenericNack(number, SmppCommandStatus.ESME_RINVCMDID).pdu())
        return True

    async def _deliver(self, number: int, body: bytes) -> None:
        status = await self._take(body)
        self._writer.write(DeliverSmResp(sequence_num=number, command_status=status).pdu())

    async def _enquire(self) -> None:
        while True:
            await asyncio.sleep(ENQUIRE_EVERY)
            try:
                await self.ask(EnquireLink())
            except (LineGone, NoAnswer):
                return self.cut()

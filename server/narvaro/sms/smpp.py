"""SMPP 3.4, what operators and aggregators speak: one bind per worker, texts out by submit_sm, receipts in by deliver_sm."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog
from aiosmpplib import NPI, TON, PhoneNumber, SmppCommandStatus, SubmitSm

from narvaro.errors import NotFound, NotSignedIn
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsRefused, SmsUnavailable, SmsUnknown
from narvaro.sms.smpp_line import Account, BindRefused, Line, LineGone, NoAnswer
from narvaro.sms.smpp_receipts import read_receipt

log = structlog.get_logger()

Status = SmppCommandStatus
REFUSED: Final = {Status.ESME_RINVMSGLEN, Status.ESME_RINVDSTADR, Status.ESME_RINVDSTTON, Status.ESME_RINVDSTNPI}
"""The number's or the text's fault. Every other refusal (too fast, queue full, no money …) is the operator's matter."""
RECONNECT_AFTER: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
LOOK_AGAIN_AFTER: Final = (0.0, 0.1, 0.4, 1.0, 2.0)
"""Seconds, for a receipt that is quicker than the job that stores the SMSC's name for its text."""

TakeReceipt = Callable[[str, DeliveryReceipt], Awaitable[None]]
"""(the SMSC's name for the text, what became of it). Raises NotFound."""


class Smpp:
    name = "smpp"
    deduplicates = False

    def __init__(self, account: Account, take: TakeReceipt) -> None:
        self._account = account
        self._take = take
        self._opening: asyncio.Task[Line] | None = None

    async def send(self, text: OutgoingText) -> str:
        line = await self._line()
        try:
            answer = await line.ask(self._submit(text))
        except LineGone as error:
            raise SmsUnavailable from error
        except NoAnswer as error:
            raise SmsUnknown from error
        if answer.status == Status.ESME_ROK:
            return answer.body.partition(b"\0")[0].decode("latin-1")
        if answer.status in REFUSED:
            raise SmsRefused
        log.warning("smpp_not_taken", status=hex(answer.status))
        raise SmsUnavailable

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        """They come on the line; nobody has any to tell over HTTP."""
        raise NotSignedIn

    async def keep_line(self) -> None:
        """Receipts of earlier texts wait in the SMSC for somebody to bind."""
        failures = 0
        while True:
            try:
                line = await self._line()
                failures = 0
                log.info("smpp_bound")
                await line.ended.wait()
                log.warning("smpp_line_lost")
            except SmsUnavailable as unavailable:
                failures += 1
                why = unavailable.__cause__
                log.warning("smpp_not_bound", error=type(why).__name__, reason=str(why))
            await asyncio.sleep(RECONNECT_AFTER[min(failures, len(RECONNECT_AFTER) - 1)])

    async def close(self) -> None:
        opening, self._opening = self._opening, None
        if opening is None:
            return
        opening.cancel()
        await asyncio.wait([opening])
        if not opening.cancelled() and opening.exception() is None:
            await opening.result().close()

    async def _line(self) -> Line:
        """Whoever needs the line shares one attempt to open it. Raises SmsUnavailable."""
        if self._opening is None or _is_over(self._opening):
            self._opening = asyncio.create_task(Line.open(self._account, self._note))
        try:
            return await asyncio.shield(self._opening)
        except (OSError, TimeoutError, LineGone, NoAnswer, BindRefused) as error:
            raise SmsUnavailable from error

    def _submit(self, text: OutgoingText) -> SubmitSm:
        """In GSM 03.38 where the words allow it, else in UCS-2; the library sets data_coding."""
        account = self._account
        return SubmitSm(
            short_message=text.words,
            source=PhoneNumber(account.source or text.sender, TON(account.source_ton), NPI(account.source_npi)),
            destination=PhoneNumber(text.to.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN),
            registered_delivery=1,
        )

    async def _note(self, body: bytes) -> SmppCommandStatus:
        """What is stored is acknowledged; what could not be stored, the SMSC keeps and sends again."""
        try:
            told = read_receipt(body)
        except ValueError:
            log.warning("smpp_receipt_not_understood")
            return Status.ESME_ROK
        if told is None:
            return Status.ESME_ROK
        try:
            await self._store(*told)
        except NotFound:
            log.warning("smpp_receipt_of_no_text")
        except Exception as error:
            log.error("smpp_receipt_not_stored", error=type(error).__name__)
            return Status.ESME_RX_T_APPN
        return Status.ESME_ROK

    async def _store(self, name: str, receipt: DeliveryReceipt) -> None:
        """Raises NotFound."""
        for pause in LOOK_AGAIN_AFTER:
            await asyncio.sleep(pause)
            with suppress(NotFound):
                await self._take(name, receipt)
                return
        raise NotFound


def _is_over(opening: asyncio.Task[Line]) -> bool:
    if not opening.done():
        return False
    return opening.cancelled() or opening.exception() is not None or opening.result().ended.is_set()

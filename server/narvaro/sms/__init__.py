"""The door to the telephone network: hand over one short text, and hear what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """`id` is the same at every attempt; `to` in E.164. Shows neither number nor words (D3)."""

    id: UUID
    to: str = field(repr=False)
    sender: str
    words: str = field(repr=False)
    receipt_url: str = field(repr=False)
    """Where the vendor reports delivery, for this text alone."""


@dataclass(frozen=True, slots=True)
class ReceiptCall:
    """What came to a text's `receipt_url`. Header names in lower case."""

    text_id: UUID
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    status: Literal["delivered", "failed"]
    why: str | None = None


class SmsRefused(Exception):
    """The number or the text is not taken: no gateway will do better."""


class SmsUnavailable(Exception):
    """Certainly not sent; another time or another gateway may do."""


class SmsUnknown(Exception):
    """It may have been sent."""


class SmsGateway(Protocol):
    name: str
    deduplicates: bool
    """The same id handed over twice is one text."""

    async def send(self, text: OutgoingText) -> str:
        """Hand over one text → the gateway's name for it. Raises SmsRefused, SmsUnavailable, SmsUnknown."""

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        """None: nothing final yet. Raises NotSignedIn when it does not come from this gateway."""

    async def close(self) -> None: ...


@runtime_checkable
class KeepsLine(Protocol):
    """A gateway whose receipts come on a line of its own."""

    async def keep_line(self) -> None:
        """In the worker, for ever: be there for receipts."""

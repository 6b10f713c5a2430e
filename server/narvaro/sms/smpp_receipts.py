"""What the bytes of a deliver_sm say (SMPP 3.4: 4.6.1, 5.2.12, 5.3.2, appendix B).

Read here and not by the library: that one gives up on codes and optional parameters it does not know, and vendors add theirs.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from narvaro.sms import DeliveryReceipt

KIND_OF_MESSAGE: Final = 0b0011_1100
"""These bits of esm_class."""
IS_RECEIPT: Final = 0b0000_0100
RECEIPTED_MESSAGE_ID: Final = 0x001E
MESSAGE_PAYLOAD: Final = 0x0424
MESSAGE_STATE: Final = 0x0427
UCS2: Final = 8

DELIVERED = DeliveryReceipt("delivered")
NOT_DELIVERED = DeliveryReceipt("failed", "not_delivered")
BY_STATE: Final = {2: DELIVERED, 3: NOT_DELIVERED, 4: NOT_DELIVERED, 5: NOT_DELIVERED, 8: NOT_DELIVERED}
BY_WORD: Final = {
    "DELIVRD": DELIVERED,
    "EXPIRED": NOT_DELIVERED,
    "DELETED": NOT_DELIVERED,
    "UNDELIV": NOT_DELIVERED,
    "REJECTD": NOT_DELIVERED,
}
"""The final ones; ENROUTE, ACCEPTD and UNKNOWN decide nothing."""


@dataclass
class Octets:
    """Reads from the front. Raises ValueError at the end."""

    left: bytes

    def take(self, count: int) -> bytes:
        if len(self.left) < count:
            raise ValueError("shorter than it says")
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def number(self) -> int:
        return self.take(1)[0]

    def string(self) -> bytes:
        """Up to its NUL."""
        found, nul, self.left = self.left.partition(b"\0")
        if not nul:
            raise ValueError("a string without an end")
        return found


def read_receipt(body: bytes) -> tuple[str, DeliveryReceipt] | None:
    """→ the SMSC's name for the text and what became of it; None: no receipt, or nothing final. Raises ValueError."""
    octets = Octets(body)
    esm_class = _skip_to_class(octets)
    octets.take(2)
    octets.string(), octets.string()
    octets.take(2)
    coding, _ = octets.number(), octets.number()
    words = octets.take(octets.number())
    extra = _optional_parameters(octets)
    if esm_class & KIND_OF_MESSAGE != IS_RECEIPT and RECEIPTED_MESSAGE_ID not in extra:
        return None
    told = _told(extra.get(MESSAGE_PAYLOAD, words), coding)
    name = extra.get(RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("latin-1") or told.get("id", "")
    state = extra.get(MESSAGE_STATE)
    receipt = BY_STATE.get(state[0]) if state else BY_WORD.get(told.get("stat", "").upper())
    return (name, receipt) if name and receipt else None


def _skip_to_class(octets: Octets) -> int:
    octets.string()
    for _ in ("source", "destination"):
        octets.take(2)
        octets.string()
    return octets.number()


def _optional_parameters(octets: Octets) -> dict[int, bytes]:
    found = {}
    while octets.left:
        tag, length = struct.unpack("!HH", octets.take(4))
        found[tag] = octets.take(length)
    return found


def _told(words: bytes, coding: int) -> dict[str, str]:
    """`id:123 sub:001 … stat:DELIVRD err:000 text:…`; what stands after `text:` is the text itself."""
    line = words.decode("utf-16-be" if coding == UCS2 else "latin-1", "replace")
    line = re.split(r"\btext:", line, maxsplit=1, flags=re.IGNORECASE)[0]
    return {key.lower(): value for key, value in re.findall(r"\b(id|stat):(\S+)", line, re.IGNORECASE)}

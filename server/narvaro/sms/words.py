"""What fits into one text."""

import unicodedata

TEXT_MAX_CHARACTERS = 160
"""One GSM-7 text (B7)."""
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1, without the extension table, whose characters count twice."""


def branded(brand: str, rest: str, no_brand: str) -> str:
    """The brand before the rest, in one text (B7); a brand that does not fit is cut at a word where it can be."""
    room = max(TEXT_MAX_CHARACTERS - len(rest), 0)
    plain = "".join(c if c in GSM_BASIC else _plain(c) for c in brand)
    if len(plain) > room:
        cut = plain[:room]
        plain = cut.rpartition(" ")[0] or cut
    return (plain.strip() or no_brand)[:room].strip() + rest


def _plain(character: str) -> str:
    """The nearest letter that a text may hold, or nothing."""
    return "".join(c for c in unicodedata.normalize("NFKD", character) if c in GSM_BASIC)

"""Names that people and clinics go by."""

import unicodedata

from narvaro.errors import Malformed

NAME_MAX_CHARACTERS = 120
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def person_name(name: str) -> str:
    """Without control and bidi characters (B9), spaces made single. Raises Malformed when nothing is left or it is too long."""
    visible = "".join(" " if character.isspace() else character for character in name)
    clean = " ".join("".join(c for c in visible if unicodedata.category(c) not in UNSEEN).split())
    if not 1 <= len(clean) <= NAME_MAX_CHARACTERS:
        raise Malformed(f"A name has 1 to {NAME_MAX_CHARACTERS} characters.")
    return clean

"""The state machines in the rules as Mermaid; `python tests/diagrams.py` writes them into ARCHITECTURE.md."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from narvaro.calls.rules import CALL_TRANSITIONS, RING_TRANSITIONS
from narvaro.invitations.rules import KNOCK_TRANSITIONS

ARCHITECTURE = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"
MACHINES: Mapping[str, Mapping[StrEnum, frozenset[StrEnum]]] = {
    "Call": {before: frozenset(after) for before, after in CALL_TRANSITIONS.items()},
    "Ring": {before: frozenset(after) for before, after in RING_TRANSITIONS.items()},
    "Knock": {before: frozenset(after) for before, after in KNOCK_TRANSITIONS.items()},
}


def diagram(transitions: Mapping[StrEnum, frozenset[StrEnum]]) -> str:
    """A Mermaid block; the first state of the table is where everything begins."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(transitions))}"]
    for before, after in transitions.items():
        lines += [f"    {before} --> {step}" for step in sorted(after)] or [f"    {before} --> [*]"]
    return "\n".join([*lines, "```"])


UNDER_HEADING = re.compile(r"^### (\w+)\n\n(```mermaid\n.*?\n```)$", re.MULTILINE | re.DOTALL)


def shown(paper: str) -> dict[str, str]:
    """The diagrams of a paper, by the heading directly above each."""
    return dict(UNDER_HEADING.findall(paper))


def main() -> None:
    paper = ARCHITECTURE.read_text(encoding="utf-8")
    drawn = UNDER_HEADING.sub(lambda found: f"### {found[1]}\n\n{diagram(MACHINES[found[1]])}", paper)
    ARCHITECTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()

"""What the clients asked for and were told, what they saw, and what the database holds at the end: all that is judged."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["ok", "failed", "unknown"]
"""`failed`: refused, or never sent. `unknown`: no answer; it may have happened."""
Operation = Literal["post", "place", "answer", "decline", "cancel", "end", "feedback", "invite"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `id`: what it is about (message, call, ring, invitation); times in seconds of one clock.

    `facts`: what was asked (`text`, `conversation`, `device`, `answer`, `number`, `call`) and the `seq` that was told.
    """

    client: str
    operation: Operation
    id: str
    invoked_at: float
    finished_at: float
    outcome: Outcome
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """One client's copies of the logs, put together from its socket alone: conversation → ids, in order of `seq` from 1."""

    logs: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """What must never come over a socket: a gap, another entry under a known number."""


@dataclass(slots=True)
class Stored:
    """The database's rows, as dicts; ids as text. `rooms`: those of the media server."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    rings: list[dict[str, Any]] = field(default_factory=list)
    attendances: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    invitations: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    demo_texts: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    """Those that are due and not done, and those given up."""
    rooms: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    attempts: list[Attempt] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    stored: Stored = field(default_factory=Stored)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing somebody wanted, over all the attempts at it."""

    operation: Operation
    id: str
    attempts: Sequence[Attempt]

    @property
    def outcome(self) -> Outcome:
        """A refusal after an unanswered attempt leaves it unknown: the first may have happened and caused the refusal."""
        said = {attempt.outcome for attempt in self.attempts}
        return "ok" if "ok" in said else "unknown" if "unknown" in said else "failed"

    @property
    def facts(self) -> dict[str, Any]:
        return next((a.facts for a in self.attempts if a.outcome == "ok"), self.attempts[0].facts)


def asked_for(attempts: Iterable[Attempt], operation: Operation) -> list[Asked]:
    """By id; what two clients, or two devices, ask of one thing is two."""
    found: dict[tuple[str, str, str], list[Attempt]] = {}
    for attempt in attempts:
        if attempt.operation == operation:
            found.setdefault((attempt.id, attempt.client, str(attempt.facts.get("device"))), []).append(attempt)
    return [Asked(operation, key[0], tries) for key, tries in found.items()]


def save(run: Run, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(asdict(run), default=str, ensure_ascii=False), encoding="utf-8")

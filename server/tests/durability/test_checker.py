"""The checker of `bench/durability` must see every way of losing something (G1): each history here but the first is wrong."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.durability.checker import CLAIMS, check
from bench.durability.history import Attempt, Operation, Run, Seen, Stored

STAFF, PATIENT, THREAD, CALL, RING, ROOM = "staff-1", "patient-1", "thread-1", "call-1", "ring-1", "room-1"


def tried(client: str, operation: Operation, id_: str, at: float, outcome: Any = "ok", **facts: Any) -> Attempt:
    return Attempt(client, operation, id_, at, at + 1, outcome, "", facts)


def posted(id_: str, at: float, seq: int, outcome: Any = "ok") -> Attempt:
    told = {"seq": seq} if outcome == "ok" else {}
    return tried(PATIENT, "post", id_, at, outcome, conversation=THREAD, text=id_, **told)


def entry(seq: int, id_: str, kind: str = "message", *, author: str = "patient", call: str | None = None) -> dict[str, Any]:
    text = id_ if kind == "message" else None
    return {"conversation": THREAD, "seq": seq, "id": id_, "kind": kind, "author_kind": author, "text": text, "call": call}


def good_run() -> Run:
    """Two messages, one of them sent twice; a call that was answered, talked in with an invitation, ended and judged."""
    attempts = [
        posted("m1", 0, 1),
        posted("m2", 2, 2, "unknown"),
        posted("m2", 4, 2),
        tried(STAFF, "place", CALL, 6, conversation=THREAD),
        tried(PATIENT, "answer", RING, 8, device="phone"),
        tried(PATIENT, "answer", RING, 8, "failed", device="tablet"),
        tried(STAFF, "invite", "i1", 10, call=CALL, number="+46701740605"),
        tried(STAFF, "end", CALL, 12),
        tried(PATIENT, "feedback", CALL, 14, answer="yes"),
    ]
    entries = [
        entry(1, "m1"),
        entry(2, "m2"),
        entry(3, "e3", "call_started", call=CALL),
        entry(4, "e4", "guest_invited", author="staff", call=CALL),
        entry(5, "e5", "call_ended", author="staff", call=CALL),
    ]
    call = {"id": CALL, "conversation": THREAD, "status": "ended", "reason": "by_staff", "room": ROOM, "started_at": 8}
    stored = Stored(
        conversations=[{"id": THREAD, "last_seq": 5, "patient_messages": 2, "staff_messages": 0}],
        entries=entries,
        calls=[call],
        rings=[{"id": RING, "call": CALL, "status": "answered", "answered_device": "phone"}],
        attendances=[{"id": "seat-1", "call": CALL, "left_at": 12}],
        feedback=[{"call": CALL, "person": PATIENT, "answer": "yes"}],
        invitations=[{"id": "i1", "call": CALL, "number": "+46701740605"}],
        texts=[{"id": "t1", "object": "i1", "status": "sent", "why": None}],
        demo_texts=[{"id": "t1"}],
    )
    copies = {client: Seen({THREAD: [row["id"] for row in entries]}) for client in (STAFF, PATIENT)}
    return Run(attempts, copies, stored)


def test_a_run_in_which_nothing_was_lost_is_told_so() -> None:
    assert check(good_run()) == {claim: [] for claim in CLAIMS}


def test_what_nobody_got_an_answer_to_may_have_happened_or_not() -> None:
    run = good_run()
    run.attempts += [posted("m3", 16, 6, "unknown"), tried(STAFF, "place", "call-2", 16, "unknown", conversation=THREAD)]
    assert not any(check(run).values())


Damage = Callable[[Run], None]


def row(run: Run, table: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = getattr(run.stored, table)[number]
    return found


def refuse(run: Run, operation: Operation) -> None:
    """Every attempt at it was refused; what is stored stays."""
    run.attempts = [replace(a, outcome="failed") if a.operation == operation else a for a in run.attempts]


def lose_message(run: Run) -> None:
    del run.stored.entries[1]


def store_twice(run: Run) -> None:
    run.stored.entries.append(entry(6, "m1"))


def swap_messages(run: Run) -> None:
    row(run, "entries", 0)["seq"], row(run, "entries", 1)["seq"] = 2, 1
    run.attempts = [posted("m1", 0, 2), posted("m2", 2, 1), *run.attempts[3:]]


def second_call_fact(run: Run) -> None:
    run.stored.entries.append(entry(6, "e6", "call_ended", author="staff", call=CALL))


def end_before_start(run: Run) -> None:
    row(run, "entries", 2)["seq"], row(run, "entries", 4)["seq"] = 5, 3


def forget_the_last(run: Run) -> None:
    run.seen[STAFF].logs[THREAD].pop()


DAMAGES: dict[str, tuple[Damage, str]] = {
    "an acknowledged message is gone": (lose_message, "m2 was acknowledged and is lost"),
    "a message is there twice": (store_twice, "m1 is stored 2 times"),
    "a refused message is stored": (lambda run: refuse(run, "post"), "m1 was refused and is stored"),
    "a message nobody sent": (lambda run: run.stored.entries.append(entry(6, "m9")), "m9 is stored and nobody sent it"),
    "other words": (lambda run: row(run, "entries").update(text="annat"), "m1 is stored with another text"),
    "another conversation": (lambda run: row(run, "entries").update(conversation="thread-2"), "another conversation"),
    "another number than told": (lambda run: row(run, "entries").update(seq=9), "m1 was told number 1 and has 9"),
    "a hole in the log": (lambda run: row(run, "entries", 4).update(seq=7), "its numbers are not 1 to 5"),
    "a wrong last number": (lambda run: row(run, "conversations").update(last_seq=4), "last_seq is 4, entries 5"),
    "a wrong count": (lambda run: row(run, "conversations").update(patient_messages=3), "patient_messages is not 2"),
    "order against time": (swap_messages, "m2 stands before one acknowledged before it began"),
    "a client that misses the end": (forget_the_last, "has 4 of 5"),
    "a client in another order": (lambda run: run.seen[STAFF].logs[THREAD].reverse(), "differs at 1"),
    "a gap on a socket": (lambda run: run.seen[STAFF].wrong.append("got number 3 after 1"), "got number 3 after 1"),
    "an acknowledged call is gone": (lambda run: run.stored.calls.clear(), "call-1 was acknowledged and is lost"),
    "a refused call is stored": (lambda run: refuse(run, "place"), "call-1 was refused and is stored"),
    "a call nobody placed": (lambda run: row(run, "calls").update(id="call-9"), "call-9 is stored and nobody placed it"),
    "an end that did not happen": (lambda run: row(run, "calls").update(status="active"), "was ended, was told so, and is not"),
    "a call left open": (lambda run: row(run, "calls").update(status="open"), "has not ended"),
    "a reason outside the tables": (lambda run: row(run, "calls").update(reason="cancelled"), "ended cancelled, after"),
    "an answer without a ring": (lambda run: row(run, "rings").update(status="missed"), "its rings say otherwise"),
    "two devices that both won": (lambda run: row(run, "rings").update(answered_device="tablet"), "phone was told that it"),
    "an answer nobody gave": (lambda run: row(run, "rings").update(answered_device="other"), "nobody answered it"),
    "a decline nobody made": (lambda run: row(run, "rings").update(status="declined"), "nobody declined it"),
    "a ring that rings for ever": (lambda run: row(run, "rings").update(status="ringing"), "ring-1 is ringing"),
    "a seat that nobody left": (lambda run: row(run, "attendances").update(left_at=None), "still sits in it"),
    "a call fact told twice": (second_call_fact, "call_ended is told 2 times, not 1"),
    "a call fact not told": (lambda run: row(run, "entries", 2).update(kind="ready"), "call_started is told 0 times"),
    "an end before its start": (end_before_start, "its end is told before its start"),
    "facts of no call": (lambda run: row(run, "entries", 2).update(call="call-9"), "tells of call call-9"),
    "feedback that is gone": (lambda run: run.stored.feedback.clear(), "was acknowledged as yes and is None"),
    "feedback changed": (lambda run: row(run, "feedback").update(answer="no"), "was acknowledged as yes and is no"),
    "feedback nobody gave": (lambda run: row(run, "feedback").update(person=STAFF), "stored and nobody gave it"),
    "an invitation that is gone": (lambda run: run.stored.invitations.clear(), "i1 was acknowledged and is lost"),
    "an invitation to another": (lambda run: row(run, "invitations").update(number="+46701740606"), "another call or number"),
    "an invitation not told": (lambda run: row(run, "entries", 3).update(call=None), "1 invitations, 0 told"),
    "an invitation without a text": (lambda run: run.stored.texts.clear(), "i1 has 0 texts"),
    "a text that is forgotten": (lambda run: row(run, "texts").update(status="queued"), "t1 is still queued"),
    "a text that never arrived": (lambda run: run.stored.demo_texts.clear(), "the gateway has it 0 times"),
    "a text sent twice": (lambda run: run.stored.demo_texts.append({"id": "t1"}), "the gateway has it 2 times"),
    "a stopped text that was sent": (lambda run: row(run, "texts").update(status="failed", why="stopped"), "was stopped, and"),
    "a job that nobody does": (
        lambda run: run.stored.jobs.append({"id": 1, "task": "calls.miss_ring", "status": "doing"}),
        "job 1 (calls.miss_ring) is doing",
    ),
    "a room that is left": (lambda run: run.stored.rooms.append(ROOM), "still there: room-1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_seen(damage: str) -> None:
    run = copy.deepcopy(good_run())
    apply, sentence = DAMAGES[damage]
    apply(run)
    said = [violation for violations in check(run).values() for violation in violations]
    assert any(sentence in violation for violation in said), said


def test_a_cancelled_call_that_goes_on_is_seen() -> None:
    run = good_run()
    run.attempts.append(tried(STAFF, "cancel", CALL, 15))
    assert (
        "call call-1 was cancelled, was told so, and is not" in check(run)["calls: acknowledged has happened, refused has not"]
    )


def test_a_decline_that_was_lost_is_seen() -> None:
    run = good_run()
    run.attempts.append(tried(PATIENT, "decline", RING, 15))
    assert check(run)["rings: one answer, the one that was told"] == ["ring ring-1 was declined, was told so, and is not"]


def test_no_claim_is_without_a_history_that_breaks_it() -> None:
    broken = set()
    for apply, _ in DAMAGES.values():
        run = copy.deepcopy(good_run())
        apply(run)
        broken |= {claim for claim, violations in check(run).items() if violations}
    assert broken == set(CLAIMS)

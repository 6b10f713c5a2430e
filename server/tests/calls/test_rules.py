"""The tables, without anything else."""

import itertools
from contextlib import nullcontext
from uuid import UUID

import pytest

from narvaro.calls.rules import (
    CALL_TRANSITIONS,
    MESSAGES_LATELY,
    RING_TRANSITIONS,
    CallHasEnded,
    CallNotAnswered,
    CallStatus,
    NotAnInterpreter,
    NotInCall,
    RingNoLongerRinging,
    RingStatus,
    Seat,
    TooManyMessages,
    may_be_pinned,
    may_take_seat,
    may_write_in_call,
    must_ask_feedback,
    next_call_status,
    next_ring_status,
)

ANNA = Seat("staff", UUID(int=1))


@pytest.mark.parametrize(("before", "after"), list(itertools.product(CallStatus, CallStatus)))
def test_a_call_only_takes_the_steps_of_the_table(before: CallStatus, after: CallStatus) -> None:
    if after in CALL_TRANSITIONS[before]:
        assert next_call_status(before, after) is after
    else:
        with pytest.raises((CallHasEnded, CallNotAnswered)):
            next_call_status(before, after)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(RingStatus, RingStatus)))
def test_a_ring_only_leaves_ringing_and_never_comes_back(before: RingStatus, after: RingStatus) -> None:
    assert (after in RING_TRANSITIONS[before]) == (before is RingStatus.RINGING and after is not RingStatus.RINGING)
    if after not in RING_TRANSITIONS[before]:
        with pytest.raises(RingNoLongerRinging):
            next_ring_status(before, after)


def test_an_ended_call_seats_nobody() -> None:
    for kind in ("staff", "patient"):
        with pytest.raises(CallHasEnded):
            may_take_seat(kind, CallStatus.ENDED, was_answered=True)


def test_a_patient_sits_down_only_after_an_answer() -> None:
    may_take_seat("staff", CallStatus.OPEN, was_answered=False)
    with pytest.raises(CallNotAnswered):
        may_take_seat("patient", CallStatus.OPEN, was_answered=False)


@pytest.mark.parametrize(
    ("status", "is_present", "lately", "refused"),
    [
        (CallStatus.OPEN, True, 0, None),
        (CallStatus.ACTIVE, True, MESSAGES_LATELY - 1, None),
        (CallStatus.ACTIVE, True, MESSAGES_LATELY, TooManyMessages),
        (CallStatus.ACTIVE, False, 0, NotInCall),
        (CallStatus.ENDED, True, 0, CallHasEnded),
        (CallStatus.ENDED, False, 0, CallHasEnded),
    ],
)
def test_whoever_sits_in_a_call_writes_for_everybody_in_it(
    *, status: CallStatus, is_present: bool, lately: int, refused: type[Exception] | None
) -> None:
    with pytest.raises(refused) if refused else nullcontext():
        may_write_in_call(status, is_present=is_present, lately=lately)


@pytest.mark.parametrize("role", [None, "relative", "interpreter", "sign_language_interpreter", "care_worker", "other"])
@pytest.mark.parametrize("kind", ["staff", "patient", "guest"])
def test_only_interpreters_are_pinned_for_everybody(kind: str, role: str | None) -> None:
    is_interpreter = kind == "guest" and role in {"interpreter", "sign_language_interpreter"}
    with nullcontext() if is_interpreter else pytest.raises(NotAnInterpreter):
        may_be_pinned(kind, role)


@pytest.mark.parametrize(
    ("status", "was_answered", "answered", "attended", "asks"),
    [
        (CallStatus.ENDED, True, False, [ANNA], True),
        (CallStatus.ENDED, True, True, [ANNA], False),
        (CallStatus.ENDED, False, False, [ANNA], False),
        (CallStatus.ENDED, True, False, [], False),
        (CallStatus.ACTIVE, True, False, [ANNA], False),
    ],
)
def test_the_question_is_asked_once_of_those_who_were_there(
    *, status: CallStatus, was_answered: bool, answered: bool, attended: list[Seat], asks: bool
) -> None:
    assert must_ask_feedback(ANNA, attended, status=status, was_answered=was_answered, answered=answered) is asks

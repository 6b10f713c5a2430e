"""The ladder's table, walked in every order: never two texts, nothing after the end, and each rung climbed in its time."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from narvaro.calls.ladder.rules import (
    LADDER,
    ORDER,
    RING_WORDS,
    RingFacts,
    RungState,
    Terms,
    due,
    furthest,
    next_climb_at,
)
from narvaro.calls.rules import RingStatus
from narvaro.patients.rules import may_reach_outside_app
from narvaro.settings import LONGEST_BASE_URL_IN_TEXT
from narvaro.sms.words import GSM_BASIC, TEXT_MAX_CHARACTERS, branded

TERMS = Terms(
    rings_for=timedelta(seconds=45),
    rings_with_text_for=timedelta(seconds=120),
    text_after=timedelta(seconds=10),
    has_devices=True,
    may_text=True,
)
RING = RingFacts(RingStatus.RINGING, NOON, NOON + TERMS.rings_for, was_noticed=False)
OVER = [status for status in RingStatus if status is not RingStatus.RINGING]


def kinds_due(ring: RingFacts, terms: Terms, after: float) -> list[str]:
    return [rule.kind for rule in due(ring, terms, NOON + timedelta(seconds=after))]


def test_push_is_climbed_at_once_and_a_text_after_ten_seconds() -> None:
    assert [rule.kind for rule in LADDER] == ["push", "sms"]
    assert kinds_due(RING, TERMS, 0) == ["push"]
    pushed = replace(RING, climbed=frozenset({"push"}))
    assert kinds_due(pushed, TERMS, 9.9) == []
    assert kinds_due(pushed, TERMS, 10) == ["sms"]
    assert next_climb_at(pushed, TERMS, NOON) == NOON + timedelta(seconds=10)


def test_no_text_for_a_ring_that_was_noticed_or_without_agreement() -> None:
    assert kinds_due(replace(RING, was_noticed=True), TERMS, 20) == ["push"]
    assert kinds_due(RING, replace(TERMS, may_text=False), 20) == ["push"]
    assert kinds_due(RING, replace(TERMS, has_devices=False, may_text=False), 20) == []
    assert next_climb_at(RING, replace(TERMS, has_devices=False, may_text=False), NOON) is None


def test_a_protected_identity_is_reached_outside_the_app_only_where_it_is_allowed_d1b() -> None:
    reached = {
        (protected, allowed): may_reach_outside_app(is_protected=protected, is_allowed=allowed)
        for protected in (False, True)
        for allowed in (False, True)
    }
    assert reached == {(False, False): True, (False, True): True, (True, False): False, (True, True): True}


@dataclass
class Walk:
    """A ring whose clock ticks in any steps while anything happens to it."""

    terms: Terms
    ring: RingFacts
    now: datetime = NOON
    climbed: list[tuple[str, RingFacts, datetime]] = field(default_factory=list)

    def tick(self, seconds: float) -> None:
        """As the job does: climb what is due, say when to look again."""
        self.now += timedelta(seconds=seconds)
        for rule in due(self.ring, self.terms, self.now):
            self.climbed.append((rule.kind, self.ring, self.now))
            until = max(self.ring.expires_at, self.ring.rung_at + rule.lasts(self.terms))
            self.ring = replace(self.ring, climbed=self.ring.climbed | {rule.kind}, expires_at=until)
        later = next_climb_at(self.ring, self.terms, self.now)
        assert later is None or self.now < later < self.ring.expires_at
        assert due(self.ring, self.terms, self.now) == []

    def happen(self, event: str) -> None:
        if event == "noticed":
            self.ring = replace(self.ring, was_noticed=True)
        elif event == "minute":
            self.ring = replace(self.ring, was_noticed=True, expires_at=self.ring.expires_at + timedelta(seconds=60))
        elif self.ring.status is RingStatus.RINGING:
            self.ring = replace(self.ring, status=RingStatus(event))


SPANS = st.integers(5, 600).map(lambda seconds: timedelta(seconds=seconds))
ANY_TERMS = st.builds(
    Terms, rings_for=SPANS, rings_with_text_for=SPANS, text_after=SPANS, has_devices=st.booleans(), may_text=st.booleans()
)
STEPS = st.lists(
    st.floats(0, 200, allow_nan=False) | st.sampled_from(["noticed", "minute", *(status.value for status in OVER)]), max_size=20
)


@given(terms=ANY_TERMS, steps=STEPS)
def test_whatever_happens_no_rung_is_climbed_twice_or_after_the_end(terms: Terms, steps: list[float | str]) -> None:
    walk = Walk(terms, replace(RING, expires_at=NOON + terms.rings_for))
    for step in steps:
        if isinstance(step, str):
            walk.happen(step)
        else:
            walk.tick(step)
    kinds = [kind for kind, _, _ in walk.climbed]
    assert len(kinds) == len(set(kinds))
    for kind, ring, at in walk.climbed:
        assert ring.status is RingStatus.RINGING
        assert at < ring.expires_at
        if kind == "sms":
            assert terms.may_text
            assert not ring.was_noticed
            assert at >= NOON + terms.text_after
        else:
            assert terms.has_devices


@given(data=st.data(), kind=st.sampled_from(sorted(ORDER)))
def test_what_staff_read_of_a_rung_never_goes_back(data: st.DataObject, kind: str) -> None:
    facts = data.draw(st.lists(st.sampled_from(list(ORDER[kind])), min_size=1))  # type: ignore[index]
    read = [ORDER[kind].index(furthest(kind, facts[:count])) for count in range(1, len(facts) + 1)]  # type: ignore[index, arg-type]
    assert read == sorted(read)


def test_one_device_that_was_reached_outweighs_one_that_was_not() -> None:
    assert furthest("push", {RungState.ASKED, RungState.FAILED, RungState.SENT}) == RungState.SENT
    assert furthest("sms", {RungState.SENT, RungState.FAILED}) == RungState.FAILED
    assert furthest("sms", {RungState.FAILED, RungState.DELIVERED}) == RungState.DELIVERED


@given(brand=st.text(max_size=80))
def test_the_text_fits_into_one_and_names_nobody_b7(brand: str) -> None:
    link = f"https://{'v' * (LONGEST_BASE_URL_IN_TEXT - 8)}/r#{'t' * 32}"
    words = branded(brand, RING_WORDS.format(link=link), "Närvaro")
    assert len(words) <= TEXT_MAX_CHARACTERS
    assert set(words) <= GSM_BASIC
    assert words.endswith(f"Vården ringer dig nu på video: {link}")

"""What an invitation's facts say, what a knock may become, and what a guest may be called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from narvaro.calls.rules import InvitationState, TextLanguage
from narvaro.errors import Malformed
from narvaro.invitations.rules import (
    InvitationFacts,
    KnockDecided,
    KnockStatus,
    guest_name,
    invitation_state,
    invitation_words,
    is_name_taken,
    may_be_invited_again,
    next_knock_status,
)
from narvaro.settings import LONGEST_BASE_URL_IN_TEXT
from narvaro.sms.links import link, link_token
from narvaro.sms.words import GSM_BASIC

SENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = SENT + timedelta(minutes=1)
FRESH = InvitationFacts(
    is_revoked=False, text_status="queued", text_at=SENT, opened_at=None, declined_at=None, knock=None, is_present=False
)
TEXT_ID = UUID("01936f6e-0000-7000-8000-000000000000")


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (FRESH, "queued"),
        (replace(FRESH, text_status="sending"), "queued"),
        (replace(FRESH, text_status="sent"), "sent"),
        (replace(FRESH, text_status="delivered"), "delivered"),
        (replace(FRESH, text_status="failed"), "undeliverable"),
        (replace(FRESH, text_status="failed", opened_at=LATER), "opened"),
        (replace(FRESH, opened_at=SENT - timedelta(minutes=5)), "queued"),
        (replace(FRESH, opened_at=LATER, declined_at=LATER), "declined"),
        (replace(FRESH, opened_at=LATER, knock=KnockStatus.KNOCKING), "waiting"),
        (replace(FRESH, knock=KnockStatus.ADMITTED, is_present=True), "in_call"),
        (replace(FRESH, knock=KnockStatus.ADMITTED), "left"),
        (replace(FRESH, knock=KnockStatus.REFUSED), "refused"),
        (replace(FRESH, knock=KnockStatus.REMOVED), "removed"),
        (replace(FRESH, is_revoked=True, knock=KnockStatus.ADMITTED, is_present=True), "revoked"),
    ],
)
def test_staff_read_how_far_the_invited_person_has_come(facts: InvitationFacts, state: InvitationState) -> None:
    assert invitation_state(facts) == state


@pytest.mark.parametrize(
    ("now_is", "wanted"),
    [
        (KnockStatus.ADMITTED, KnockStatus.REFUSED),
        (KnockStatus.REFUSED, KnockStatus.ADMITTED),
        (KnockStatus.REMOVED, KnockStatus.ADMITTED),
        (KnockStatus.KNOCKING, KnockStatus.REMOVED),
    ],
)
def test_a_knock_is_answered_once(now_is: KnockStatus, wanted: KnockStatus) -> None:
    with pytest.raises(KnockDecided):
        next_knock_status(now_is, wanted)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Amira   Tolk ", "Amira Tolk"),
        ("Selma Testkvist (Du)", "Selma Testkvist"),
        ("Selma (you) Testkvist", "Selma Testkvist"),
        ("\u202eamleS\u202c", "amleS"),
        ("Se\u200blma", "Selma"),
    ],
)
def test_a_guest_cannot_pose_by_signs_b9(typed: str, name: str) -> None:
    assert guest_name(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "(Du)", "\u202e\u200b", "(d\u200bu)"])
def test_a_name_needs_something_to_read_b9(typed: str) -> None:
    with pytest.raises(Malformed):
        guest_name(typed)


@pytest.mark.parametrize("name", ["selma testkvist", "Selma  Testkvist", "SELMATESTKVIST", "Selmá Testkvist"])
def test_a_name_that_is_there_is_taken_however_it_is_written_b9(name: str) -> None:
    assert is_name_taken(name, ["Selma Testkvist"])


def test_another_name_is_free() -> None:
    assert not is_name_taken("Sara Testkvist", ["Selma Testkvist"])


def test_a_links_token_comes_from_text_salt_and_secret_and_from_nothing_less_b1() -> None:
    token = link_token("secret", TEXT_ID, b"salt")
    others = {
        link_token("other", TEXT_ID, b"salt"),
        link_token("secret", UUID(int=1), b"salt"),
        link_token("secret", TEXT_ID, b"salz"),
    }
    assert token == link_token("secret", TEXT_ID, b"salt")
    assert token not in others
    assert len(token) == 32
    assert link("https://vard.example/g", token) == f"https://vard.example/g#{token}"


LINK = "https://" + "v" * (LONGEST_BASE_URL_IN_TEXT - 8) + "/g#" + "A" * 32


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("length", range(161))
def test_the_text_is_one_text_for_every_brand_in_both_languages_b7(length: int, language: TextLanguage) -> None:
    for brand in ("R" * length, ("Region Östergötland " * 8)[:length], "Ł中🏥 " * (length // 4 + 1)):
        words = invitation_words(brand, LINK, language)
        assert len(words) <= 160
        assert set(words) <= GSM_BASIC
        assert LINK in words


def test_the_text_has_the_words_of_the_product() -> None:
    assert invitation_words("Region Testköping", "https://vard.example/g#x", "sv") == (
        "Region Testköping bjuder in dig till ett videosamtal nu: https://vard.example/g#x Vi ber aldrig om BankID eller koder."
    )
    assert invitation_words("Region Testköping", "https://vard.example/g#x", "en") == (
        "Region Testköping invites you to a video call now: https://vard.example/g#x We never ask for BankID or codes."
    )


@pytest.mark.parametrize(
    ("knocks", "may"),
    [
        ([], True),
        ([KnockStatus.KNOCKING], True),
        ([KnockStatus.ADMITTED], True),
        ([KnockStatus.ADMITTED, KnockStatus.REFUSED], True),
        ([KnockStatus.REFUSED], False),
        ([KnockStatus.REMOVED], False),
        ([KnockStatus.ADMITTED, KnockStatus.REMOVED], False),
    ],
)
def test_nobody_is_invited_again_whom_staff_have_turned_away(knocks: list[KnockStatus], *, may: bool) -> None:
    assert may_be_invited_again(is_revoked=False, knocks=knocks) is may
    assert not may_be_invited_again(is_revoked=True, knocks=knocks)

"""Numbers as people write them."""

import pytest

from narvaro.sms.numbers import (
    NumberCountryNotAllowed,
    NumberIsLandline,
    NumberIsPremium,
    NumberNotValid,
    NumberTooLong,
    NumberTooShort,
    parse_number,
)

NORDIC = ("SE", "NO", "DK", "FI")


@pytest.mark.parametrize(
    "typed",
    [
        "0701740612",
        "070-174 06 12",
        "+46701740612",
        "+46 (0)70-174 06 12",
        "0046 70 174 06 12",
        "  +46\u00a070\u00a0174\u00a006\u00a012 ",
        "070\u2013174\u201306\u201312",
        "tel:+46-70-174-06-12",
    ],
)
def test_every_usual_way_to_write_a_number_is_understood(typed: str) -> None:
    number = parse_number(typed, NORDIC)
    assert (number.e164, number.shown, number.region) == ("+46701740612", "+46 70 174 06 12", "SE")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", NumberNotValid),
        ("hej", NumberNotValid),
        ("070", NumberTooShort),
        ("070-174 06", NumberTooShort),
        ("070-174 06 12 34 56 78", NumberTooLong),
        ("026-10 20 30", NumberIsLandline),
        ("+49 1512 3456789", NumberCountryNotAllowed),
        ("0900-123 45 67", NumberIsPremium),
    ],
)
def test_what_is_wrong_is_named(typed: str, problem: type[NumberNotValid]) -> None:
    with pytest.raises(NumberNotValid) as wrong:
        parse_number(typed, NORDIC)
    assert wrong.type is problem


def test_a_neighbours_mobile_is_fine() -> None:
    assert parse_number("+47 406 12 345", NORDIC).region == "NO"

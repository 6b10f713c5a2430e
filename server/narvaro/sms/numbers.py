"""Telephone numbers as people write them."""

from collections.abc import Collection
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from narvaro.errors import Malformed

HOME_REGION = "SE"
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}


class NumberNotValid(Malformed):
    """This is no telephone number."""


class NumberTooShort(NumberNotValid):
    """The number is too short."""


class NumberTooLong(NumberNotValid):
    """The number is too long."""


class NumberIsLandline(NumberNotValid):
    """The number cannot receive texts."""


class NumberIsPremium(NumberNotValid):
    """Texts to this number cost extra."""


class NumberCountryNotAllowed(NumberNotValid):
    """The clinic does not send texts to this country."""


@dataclass(frozen=True, slots=True)
class Number:
    """`shown`: as its country writes it for others; `region`: ISO 3166."""

    e164: str
    shown: str
    region: str


def parse_number(typed: str, allowed_regions: Collection[str]) -> Number:
    """A mobile number that may get a text, however it was written. Raises a NumberNotValid."""
    number = _parse(typed)
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number(number):
        raise _what_is_wrong_with(number)
    kind = phonenumbers.number_type(number)
    if kind in COSTLY:
        raise NumberIsPremium
    if region not in allowed_regions:
        raise NumberCountryNotAllowed
    if kind not in MOBILE:
        raise NumberIsLandline
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Number(e164=e164, shown=shown_number(e164), region=region)


def region_of(typed: str) -> str | None:
    """Which country it would be in, however wrong it is."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(typed, HOME_REGION))
    except phonenumbers.NumberParseException:
        return None


def shown_number(e164: str) -> str:
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def _what_is_wrong_with(number: PhoneNumber) -> NumberNotValid:
    """As a mobile number, which is what it should be."""
    match phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE):
        case ValidationResult.TOO_SHORT:
            return NumberTooShort()
        case ValidationResult.TOO_LONG:
            return NumberTooLong()
    return NumberNotValid()


def _parse(typed: str) -> PhoneNumber:
    digits = sum(character.isdigit() for character in typed)
    try:
        return phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            raise NumberTooLong from None
        raise (NumberTooShort if 0 < digits < 5 else NumberNotValid) from None

"""What a patient decides about being reached, on the wire."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""`22:30`, by the clinic's clock."""
Base64Url = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+$", min_length=16, max_length=200)]
Shows = Literal["all", "calls_only"]
"""`calls_only`: a device that others use too."""


class PushSettings(Struct, kw_only=True, forbid_unknown_fields=True):
    """How this patient can be reached outside the app, and by this device."""

    public_key: str | None
    """What to subscribe with (VAPID); null: this installation sends no push, or none to this patient (protected identity)."""
    is_subscribed: bool
    """This very session's device."""
    shows: Shows | None
    may_show_brand: bool
    quiet_from: ClockTime | None
    quiet_to: ClockTime | None
    """No message is pushed between them; a call always is."""
    has_sms_agreement: bool
    number_ending: str | None
    """The last four digits of the verified number; null: none is known, and no text can ring."""


class NewPushSubscription(Struct, kw_only=True, forbid_unknown_fields=True):
    """As the browser's `PushSubscription` tells it."""

    endpoint: Annotated[str, Meta(min_length=10, max_length=1000)]
    p256dh: Base64Url
    auth: Base64Url
    shows: Shows = "all"


class PushChoices(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is. Quiet hours: both times, or null for both."""

    may_show_brand: bool | UnsetType = UNSET
    quiet_from: ClockTime | UnsetType | None = UNSET
    quiet_to: ClockTime | UnsetType | None = UNSET
    has_sms_agreement: bool | UnsetType = UNSET

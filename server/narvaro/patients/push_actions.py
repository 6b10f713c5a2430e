"""What a patient decides about being reached outside the app, and on which device."""

from datetime import datetime, time

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor
from narvaro.errors import NotFound
from narvaro.patients.models import Patient
from narvaro.patients.rules import NoNumberKnown, QuietHoursNotWhole, may_reach_outside_app
from narvaro.patients.schemas import NewPushSubscription, PushChoices, PushSettings
from narvaro.webpush import Device
from narvaro.webpush.actions import subscribe
from narvaro.webpush.keys import from_base64url
from narvaro.webpush.queries import find_device
from narvaro.webpush.rules import AUTH_BYTES, P256DH_BYTES, NotAPushAddress, check_endpoint

TAIL = 4


async def load_settings(db: AsyncSession, patient: Actor, session_hash: bytes, public_key: str | None) -> PushSettings:
    person = await db.get_one(Patient, patient.id)
    device = await find_device(db, session_hash)
    return PushSettings(
        public_key=public_key if _may_reach(person) else None,
        is_subscribed=device is not None,
        shows=device.shows if device else None,  # type: ignore[arg-type]
        may_show_brand=person.push_shows_brand,
        quiet_from=_shown(person.quiet_from),
        quiet_to=_shown(person.quiet_to),
        has_sms_agreement=person.has_text_agreement,
        number_ending=person.number[-TAIL:] if person.number and _may_reach(person) else None,
    )


async def subscribe_device(
    db: AsyncSession, patient: Actor, session_hash: bytes, new: NewPushSubscription, *, may_be_here: bool, now: datetime
) -> None:
    """Raises NotAPushAddress, and NotFound where this patient gets none."""
    if not _may_reach(await db.get_one(Patient, patient.id)):
        raise NotFound
    check_endpoint(new.endpoint, may_be_here=may_be_here)
    if _length(new.p256dh) != P256DH_BYTES or _length(new.auth) != AUTH_BYTES:
        raise NotAPushAddress
    device = Device(new.endpoint, new.p256dh, new.auth)
    await subscribe(db, session_hash, patient.id, device, shows=new.shows, now=now)
    await record_access(db, patient, "patient.push.subscribe", patient_id=patient.id, now=now)


async def choose(db: AsyncSession, patient: Actor, choices: PushChoices, *, now: datetime) -> None:
    """Raises QuietHoursNotWhole, and NoNumberKnown for agreeing to texts that nobody could send."""
    person = await db.get_one(Patient, patient.id, with_for_update=True)
    if choices.may_show_brand is not UNSET:
        person.push_shows_brand = choices.may_show_brand
    if choices.quiet_from is not UNSET:
        person.quiet_from = _read(choices.quiet_from)
    if choices.quiet_to is not UNSET:
        person.quiet_to = _read(choices.quiet_to)
    if (person.quiet_from is None) != (person.quiet_to is None):
        raise QuietHoursNotWhole
    if choices.has_sms_agreement is not UNSET:
        if choices.has_sms_agreement and person.number is None:
            raise NoNumberKnown
        person.has_text_agreement = choices.has_sms_agreement
    await record_access(db, patient, "patient.push.choose", patient_id=patient.id, now=now)


def _may_reach(person: Patient) -> bool:
    return may_reach_outside_app(is_protected=person.has_protected_identity, is_allowed=person.may_reach_protected)


def _read(clock: str | None) -> time | None:
    return None if clock is None else time.fromisoformat(clock)


def _shown(clock: time | None) -> str | None:
    return None if clock is None else clock.isoformat("minutes")


def _length(key: str) -> int:
    try:
        return len(from_base64url(key))
    except ValueError:
        return 0

"""The commands that make clinics and people known: `narvaro clinic|staff|patient …`."""

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.calls.attendance_actions import leave_every_call
from narvaro.clinics.actions import add_clinic, add_staff_member, remove_staff_member, set_clinic
from narvaro.clinics.models import Clinic
from narvaro.clinics.queries import get_clinic
from narvaro.clock import utc_now
from narvaro.patients.actions import add_patient
from narvaro.retention.rules import SHORTEST
from narvaro.sms.numbers import parse_number

NOTHING = [("staff_acr", ""), ("patient_acr", ""), ("retention_days", 0)]
"""How an operator takes a fact away."""
Run = Callable[[Callable[[AsyncSession], Awaitable[str]]], int]
FACTS = (
    "name",
    "brand",
    "time_zone",
    "staff_acr",
    "patient_acr",
    "may_patients_sign_up",
    "may_share_whole_screen",
    "guest_admission",
    "sms_sender",
    "sms_countries",
    "sms_per_call",
    "sms_per_staff",
    "sms_per_clinic",
    "ring_seconds",
    "ring_with_text_seconds",
    "text_after_seconds",
    "retention_days",
)


def add_commands(commands: Any, run: Run) -> None:
    """`run` runs one of the functions below in a transaction and prints its answer."""
    clinic = commands.add_parser("clinic", help="add, change or list clinics").add_subparsers(required=True, metavar="command")
    for name, act in (("add", make_clinic), ("set", change_clinic)):
        command = clinic.add_parser(name)
        command.add_argument("slug", help="the clinic's word in addresses: halsocentralen-testkoping")
        add_fact_options(command, is_new=name == "add")
        command.set_defaults(command=bound(run, act))
    clinic.add_parser("list").set_defaults(command=bound(run, list_clinics))

    staff = commands.add_parser("staff", help="let people work for a clinic").add_subparsers(required=True, metavar="command")
    command = add_person_command(staff)
    command.add_argument("--role", choices=("staff", "administrator"), help="staff at first")
    command.set_defaults(command=bound(run, make_staff_member))
    command = add_person_command(staff, "remove")
    command.set_defaults(command=bound(run, dismiss_staff_member))

    patient = commands.add_parser("patient", help="make patients known to a clinic").add_subparsers(
        required=True, metavar="command"
    )
    command = add_person_command(patient)
    command.add_argument("--number", help="the patient's own, verified mobile number; empty for none")
    yes_or_no = argparse.BooleanOptionalAction
    command.add_argument("--text-agreement", action=yes_or_no, help="the patient agrees to be rung by text too")
    command.add_argument("--protected-identity", action=yes_or_no, help="skyddade personuppgifter")
    command.add_argument(
        "--may-reach-protected", action=yes_or_no, help="by push and text too, in spite of the protected identity"
    )
    command.set_defaults(command=bound(run, make_patient))


def bound(run: Run, act: Callable[[AsyncSession, argparse.Namespace], Awaitable[str]]) -> Callable[[argparse.Namespace], int]:
    return lambda options: run(lambda db: act(db, options))


def add_fact_options(command: argparse.ArgumentParser, *, is_new: bool) -> None:
    command.add_argument("--name", required=is_new)
    command.add_argument("--brand", help="what a text message calls the sender, usually the region")
    command.add_argument("--time-zone", metavar="ZONE", help="Europe/Stockholm")
    command.add_argument("--staff-acr", metavar="ACR", help="level of assurance that staff must reach; empty for any")
    command.add_argument("--patient-acr", metavar="ACR", help="the same for patients")
    yes_or_no = argparse.BooleanOptionalAction
    command.add_argument("--may-patients-sign-up", action=yes_or_no, default=None, help="an unknown patient is made known")
    command.add_argument("--may-share-whole-screen", action=yes_or_no, default=None, help="not only windows and tabs")
    command.add_argument(
        "--guest-admission",
        choices=("knock", "direct"),
        help="direct: guests enter without a knock; a mistyped number may let in the wrong person",
    )
    command.add_argument("--sms-sender", type=sender, metavar="NAME", help="at most 11 letters and digits")
    command.add_argument("--sms-countries", type=countries, metavar="SE,NO", help="where texts may go")
    command.add_argument(
        "--retention-days",
        type=days_kept,
        metavar="N",
        help=f"messages and calls are exported, then deleted, when they are older; at least {SHORTEST.days}, or never",
    )
    for limit in ("call", "staff", "clinic"):
        command.add_argument(f"--sms-per-{limit}", type=limit_of_texts, metavar="N", help="texts, within a day")
    command.add_argument("--ring-seconds", type=seconds, metavar="N", help="how long a ring lasts in the app alone (45)")
    command.add_argument("--ring-with-text-seconds", type=seconds, metavar="N", help="and once it goes by text too (120)")
    command.add_argument("--text-after-seconds", type=seconds, metavar="N", help="when no screen has shown it yet (10)")


def sender(value: str) -> str:
    if not (value.isascii() and value.isalnum() and 1 <= len(value) <= 11):
        raise argparse.ArgumentTypeError("must be at most 11 letters A to Z and digits")
    return value


def countries(value: str) -> list[str]:
    regions = [region.strip().upper() for region in value.split(",")]
    if not set(regions) <= SUPPORTED_REGIONS:
        raise argparse.ArgumentTypeError("must be country codes like SE,NO")
    return regions


def limit_of_texts(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 100_000:
        raise argparse.ArgumentTypeError("must be a number from 1 to 100000")
    return int(value)


def seconds(value: str) -> int:
    if not value.isdecimal() or not 5 <= int(value) <= 600:
        raise argparse.ArgumentTypeError("must be a number of seconds from 5 to 600")
    return int(value)


def days_kept(value: str) -> int:
    """0 for ever."""
    if value == "never":
        return 0
    if not value.isdecimal() or not SHORTEST.days <= int(value) <= 36_500:
        raise argparse.ArgumentTypeError(f"must be a number of days from {SHORTEST.days} to 36500, or never")
    return int(value)


def add_person_command(people: Any, name: str = "add") -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = people.add_parser(name)
    command.add_argument("clinic", help="the clinic's word in addresses")
    command.add_argument("--iss", required=True, help="the identity provider, exactly as in its tokens")
    command.add_argument("--sub", required=True, help="what the provider calls the person")
    if name == "add":
        command.add_argument("--name", required=True)
    return command


def facts_of(options: argparse.Namespace) -> Any:
    given = {name: getattr(options, name) for name in FACTS if getattr(options, name) is not None}
    return {name: None if (name, value) in NOTHING else value for name, value in given.items()}


async def make_clinic(db: AsyncSession, options: argparse.Namespace) -> str:
    clinic = await add_clinic(db, options.slug, **facts_of(options))
    return f"{clinic.slug}: {clinic.name}"


async def change_clinic(db: AsyncSession, options: argparse.Namespace) -> str:
    clinic = await set_clinic(db, options.slug, **facts_of(options))
    return f"{clinic.slug}: {clinic.name}"


async def list_clinics(db: AsyncSession, _options: argparse.Namespace) -> str:
    clinics = await db.scalars(select(Clinic).order_by(Clinic.slug))
    return "\n".join(f"{clinic.slug}\t{clinic.name}\t{clinic.brand}" for clinic in clinics) or "There is no clinic yet."


async def make_staff_member(db: AsyncSession, options: argparse.Namespace) -> str:
    clinic = await get_clinic(db, options.clinic)
    person = await add_staff_member(db, clinic.id, iss=options.iss, sub=options.sub, name=options.name, role=options.role)
    return f"{person.name}, {person.role}, {clinic.name}"


async def dismiss_staff_member(db: AsyncSession, options: argparse.Namespace) -> str:
    clinic = await get_clinic(db, options.clinic)
    now = utc_now()
    person = await remove_staff_member(db, clinic.id, iss=options.iss, sub=options.sub, now=now)
    await leave_every_call(db, Actor(ActorKind.STAFF, person.id, clinic.id, person.name), now=now)
    return f"{person.name} no longer works for {clinic.name}"


async def make_patient(db: AsyncSession, options: argparse.Namespace) -> str:
    clinic = await get_clinic(db, options.clinic)
    number = parse_number(options.number, clinic.sms_countries).e164 if options.number else options.number
    person = await add_patient(
        db,
        clinic.id,
        iss=options.iss,
        sub=options.sub,
        name=options.name,
        has_protected_identity=options.protected_identity,
        number=number,
        has_text_agreement=options.text_agreement,
        may_reach_protected=options.may_reach_protected,
    )
    return f"{person.name}, patient, {clinic.name}"

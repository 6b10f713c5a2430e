"""The commands for the access log: `narvaro audit verify|extract`."""

import argparse
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.audit.models import AuditEntry
from narvaro.audit.seals import verify
from narvaro.audit.words import words_of
from narvaro.auth.actors import system_of
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.errors import Conflict, NotFound
from narvaro.oversight.queries import named_entries
from narvaro.patients.models import Patient

Run = Callable[[Callable[[AsyncSession], Awaitable[str]]], int]
NOBODY = "Systemet"
FORGOTTEN = "Namnet är raderat"
"""A guest's, with the call that retention has deleted."""


class AuditLogBroken(Conflict):
    """The access log is not as it was sealed."""


class PatientNotFound(NotFound):
    """There is no such patient."""


def add_commands(commands: Any, run: Run) -> None:
    """As in `provisioning`."""
    audit = commands.add_parser("audit", help="check the access log, or give out a patient's part of it")
    ways = audit.add_subparsers(required=True, metavar="command")
    command = ways.add_parser("verify", help="compute the chain anew; exit status 1 when it is broken")
    command.add_argument("--against", type=written_down, metavar="NUMBER:HASH", help="a seal that was written down before")
    command.set_defaults(command=lambda options: run(lambda db: check(db, options)))
    command = ways.add_parser("extract", help="who has seen and done what with a patient's data, in Swedish, one row each")
    command.add_argument("--patient", type=UUID, required=True, metavar="ID")
    command.set_defaults(command=lambda options: run(lambda db: extract(db, options)))


def written_down(value: str) -> tuple[int, str]:
    number, _, digest = value.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise argparse.ArgumentTypeError("must be a number and a hash as `verify` prints them: 812:9f86…")
    return int(number), digest.lower()


async def check(db: AsyncSession, options: argparse.Namespace) -> str:
    """Raises AuditLogBroken, with a sentence per fault."""
    verdict = await verify(db, now=utc_now(), kept=options.against)
    if verdict.faults:
        raise AuditLogBroken("\n".join(verdict.faults))
    last = f"\nThe last seal, to be kept elsewhere: {verdict.last.number}:{verdict.last.hash.hex()}" if verdict.last else ""
    counts = f"{verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet"
    return f"The access log is as it was written: {counts}.{last}"


async def extract(db: AsyncSession, options: argparse.Namespace) -> str:
    """Tab-separated, oldest first, in the clinic's time. Taking it is logged as well (D2). Raises PatientNotFound."""
    found = await db.execute(
        select(Patient, Clinic).join(Clinic, Clinic.id == Patient.clinic_id).where(Patient.id == options.patient)
    )
    row = found.one_or_none()
    if row is None:
        raise PatientNotFound
    patient, clinic = row
    await record_access(db, system_of(clinic.id), "audit.extract", patient_id=patient.id, now=utc_now())
    query = named_entries().where(AuditEntry.patient_id == patient.id).order_by(AuditEntry.id)
    zone = ZoneInfo(clinic.time_zone)
    lines = [f"Loggutdrag för {patient.name}, {clinic.name}", "Tid\tVårdenhet\tVem\tVad"]
    for entry, who, _ in await db.execute(query):
        local = entry.at.astimezone(zone)
        name = f"{who or (NOBODY if entry.actor_kind == 'system' else FORGOTTEN)} ({KINDS[entry.actor_kind]})"
        lines.append(f"{local:%Y-%m-%d %H:%M:%S}\t{clinic.name}\t{name}\t{words_of(entry.action)}")
    return "\n".join(lines)


KINDS = {"staff": "vårdpersonal", "patient": "patient", "guest": "inbjuden", "system": "automatiskt"}

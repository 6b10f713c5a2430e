"""The chain over the access log: each seal binds the rows of about a minute to everything before (D2)."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.models import AuditEntry, AuditSeal

WAIT_AT_MOST: Final = "500ms"
"""For those who are writing; who wants to write meanwhile waits as long at most."""
SEALED_WITHIN: Final = timedelta(minutes=10)
KEPT_AT_LEAST: Final = timedelta(days=5 * 365)
PAGE: Final = 5000
SEALS_AT_ONCE: Final = 60
_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.clinic_id,
    AuditEntry.actor_kind,
    AuditEntry.actor_id,
    AuditEntry.action,
    AuditEntry.patient_id,
    AuditEntry.object_id,
)


async def seal(db: AsyncSession, *, now: datetime) -> AuditSeal | None:
    """Seal what has been committed since the last one; None when there is nothing.

    The lock waits until everybody who writes has committed, so that no row with a lower number can appear behind the seal.
    Raises OperationalError when that takes too long: another minute will do.
    """
    await db.execute(text(f"SET LOCAL lock_timeout = '{WAIT_AT_MOST}'"))
    await db.execute(text("LOCK TABLE audit_seals IN SHARE ROW EXCLUSIVE MODE"))
    await db.execute(text("LOCK TABLE audit_entries IN SHARE MODE"))
    last = await db.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
    from_id = last.to_id if last else 0
    to_id = await db.scalar(select(func.max(AuditEntry.id)))
    if to_id is None or to_id <= from_id:
        return None
    made = AuditSeal(number=last.number + 1 if last else 1, sealed_at=now, from_id=from_id, to_id=to_id, count=0, hash=b"")
    made.count, rows = await _digest(db, from_id, to_id)
    made.hash = chain(last.hash if last else b"", made, rows)
    db.add(made)
    await db.flush()
    return made


def chain(before: bytes, seal: AuditSeal, rows: bytes) -> bytes:
    """`rows`: the digest of what the seal covers."""
    at = seal.sealed_at.astimezone(UTC).isoformat()
    facts = f"{seal.number} {at} {seal.from_id} {seal.to_id} {seal.count} ".encode()
    return hashlib.sha256(before + facts + rows).digest()


async def _digest(db: AsyncSession, from_id: int, to_id: int) -> tuple[int, bytes]:
    """(how many rows, a hash of all that is in them)"""
    total, count = hashlib.sha256(), 0
    async for row in _rows(db, from_id, to_id):
        count += 1
        total.update(row)
    return count, total.digest()


async def _rows(db: AsyncSession, from_id: int, to_id: int) -> AsyncIterator[bytes]:
    while from_id < to_id:
        query = select(*_COLUMNS).where(AuditEntry.id > from_id, AuditEntry.id <= to_id).order_by(AuditEntry.id).limit(PAGE)
        page = (await db.execute(query)).all()
        for id_, at, *rest in page:
            yield msgspec.json.encode([id_, at.astimezone(UTC), *rest]) + b"\n"
        if len(page) < PAGE:
            return
        from_id = page[-1][0]


async def _seals(db: AsyncSession) -> AsyncIterator[AuditSeal]:
    """Page by page: a seal a minute is half a million a year."""
    query, page = select(AuditSeal).order_by(AuditSeal.number).limit(PAGE), list[AuditSeal]()
    while page := list(await db.scalars(query.where(AuditSeal.number > page[-1].number) if page else query)):
        for each in page:
            db.expunge(each)
            yield each


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults`: one sentence each. `unsealed`: rows that the next seal will cover."""

    faults: list[str]
    seals: int
    rows: int
    unsealed: int
    last: AuditSeal | None


async def verify(db: AsyncSession, *, now: datetime, kept: tuple[int, str] | None = None) -> Verdict:
    """Read everything and compute the chain anew. `kept`: number and hash of a seal, written down elsewhere before."""
    faults: list[str] = []
    before: AuditSeal | None = None
    rows = 0
    async for each in _seals(db):
        count, digest = await _digest(db, each.from_id, each.to_id)
        rows += count
        faults += _faults(before, each, count, digest, now)
        if kept and kept[0] == each.number and kept[1] != each.hash.hex():
            faults.append(f"Seal {each.number} is not the one that was written down.")
        before = each
    if kept and (before is None or kept[0] > before.number):
        faults.append(f"Seal {kept[0]}, which was written down, is missing.")
    last_id = before.to_id if before else 0
    query = select(func.count(), func.min(AuditEntry.at)).where(AuditEntry.id > last_id)
    unsealed, oldest = (await db.execute(query)).one()
    if oldest is not None and oldest < now - SEALED_WITHIN:
        faults.append(f"Rows since {oldest:%Y-%m-%d %H:%M} UTC are not sealed: no worker runs, or they were put in.")
    return Verdict(faults, before.number if before else 0, rows, unsealed, before)


def _faults(before: AuditSeal | None, seal: AuditSeal, count: int, digest: bytes, now: datetime) -> Iterator[str]:
    name = f"Seal {seal.number} ({seal.sealed_at:%Y-%m-%d %H:%M} UTC, rows {seal.from_id + 1}–{seal.to_id})"
    number, from_id = (before.number + 1, before.to_id) if before else (1, 0)
    if (seal.number, seal.from_id) != (number, from_id):
        yield f"{name}: a seal before it is missing."
    elif count == 0 and seal.sealed_at < now - KEPT_AT_LEAST:
        return
    elif count < seal.count:
        yield f"{name}: {seal.count - count} rows are missing."
    elif count > seal.count:
        yield f"{name}: {count - seal.count} rows were put in."
    elif chain(before.hash if before else b"", seal, digest) != seal.hash:
        yield f"{name}: a row or the seal was changed."


async def forget(db: AsyncSession, *, years: int, now: datetime) -> int:
    """Delete an hour of the oldest rows, under seals older than `years`; the seals stay → how many rows, 0 when none is left.

    Nothing is sealed while rows are deleted, so it must not take long. The database refuses younger ones.
    """
    before = now.replace(year=now.year - years, day=min(now.day, 28))
    first = select(func.min(AuditEntry.id)).scalar_subquery()
    old = select(AuditSeal.to_id).where(AuditSeal.sealed_at < before, AuditSeal.to_id >= first)
    to_id = await db.scalar(select(func.max(old.order_by(AuditSeal.number).limit(SEALS_AT_ONCE).subquery().c.to_id)))
    if to_id is None:
        return 0
    gone: Any = await db.execute(delete(AuditEntry).where(AuditEntry.id <= to_id))
    return int(gone.rowcount)

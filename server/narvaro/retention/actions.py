"""Export, then delete: one part of one log in one transaction (D4)."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import system_of
from narvaro.conversations.actions import wake_conversation
from narvaro.conversations.models import Conversation, Entry, ReadMark
from narvaro.conversations.queries import lock_conversation
from narvaro.retention.export import write_lines
from narvaro.retention.queries import PARTS, Old, conversation_facts, find_old
from narvaro.retention.rules import kept_since


async def retire(db: AsyncSession, clinic_id: UUID, conversation_id: UUID, directory: Path, *, now: datetime) -> int:
    """The oldest part of what the clinic no longer keeps → how many entries and calls; 0 when nothing is left to do.

    The file is on the disk before anything is deleted. Killed in between, the rows are still there and are exported again,
    into the same file or a longer one. Raises NotFound, OSError.
    """
    system = system_of(clinic_id)
    conversation = await lock_conversation(db, system, conversation_id)
    facts, days = await conversation_facts(db, conversation_id)
    if days is None:
        return 0
    before = kept_since(days, now)
    old = await find_old(db, conversation_id, before)
    if not old:
        return 0
    path = directory / facts["clinic"] / str(conversation_id) / f"{name_of(old)}.jsonl"
    head = {"what": "conversation", **facts, "exported_at": now, "older_than": before}
    await asyncio.to_thread(write_lines, path, [head, *await lines_of(db, old)])
    await uncount(db, conversation, old)
    for part in PARTS:
        await db.execute(delete(part.model).where(part.is_old(old)))
    await record_access(db, system, "retention.delete", patient_id=conversation.patient_id, object_id=conversation_id, now=now)
    if old.last == conversation.last_seq:
        conversation.last_kind, conversation.last_facts = None, None
        await wake_conversation(db, conversation)
    return old.last - old.first + 1 + len(old.call_ids)


def name_of(old: Old) -> str:
    return f"{old.first:08}-{old.last:08}"


async def lines_of(db: AsyncSession, old: Old) -> list[dict[str, Any]]:
    """One per row, with its table's name, in the order of the log and of time."""
    lines = []
    for part in reversed([part for part in PARTS if part.is_exported]):
        columns = [column for column in part.table.columns if column.name not in part.secrets]
        query = select(*columns).where(part.is_old(old)).order_by(*part.table.primary_key)
        rows = (await db.execute(query)).mappings()
        lines += [{"what": str(part.table.name), **{str(name): value for name, value in row.items()}} for row in rows]
    return lines


async def uncount(db: AsyncSession, conversation: Conversation, old: Old) -> None:
    """What is deleted is no longer unread for anybody, and was not read by anybody either."""
    written = and_(
        Entry.conversation_id == conversation.id, Entry.seq.between(old.first, old.last), Entry.kind.in_(["message", "ready"])
    )
    query = select(
        func.count().filter(Entry.author_kind != "staff"), func.count().filter(Entry.author_kind != "patient")
    ).where(written)
    from_patient, from_staff = (await db.execute(query)).one()
    counted_before = (
        select(func.count())
        .where(written, Entry.seq <= ReadMark.seq)
        .where(Entry.author_kind != case((ReadMark.reader_kind == "staff", "staff"), else_="patient"))
        .correlate(ReadMark)
        .scalar_subquery()
    )
    mine = ReadMark.conversation_id == conversation.id
    await db.execute(
        update(ReadMark).where(mine).values(counted=ReadMark.counted - counted_before),
        execution_options={"synchronize_session": False},
    )
    conversation.patient_messages -= from_patient
    conversation.staff_messages -= from_staff

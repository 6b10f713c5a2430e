"""What the database and the media server hold when everything is quiet."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from bench.durability.history import Stored

QUERIES = {
    "conversations": "SELECT id::text, last_seq, patient_messages, staff_messages FROM conversations",
    "entries": "SELECT conversation_id::text AS conversation, seq, id::text, kind, author_kind, text,"
    " facts->>'call_id' AS call FROM entries",
    "calls": "SELECT id::text, conversation_id::text AS conversation, status, reason, room, started_at, ended_at FROM calls",
    "rings": "SELECT id::text, call_id::text AS call, status, answered_device FROM rings",
    "attendances": "SELECT id::text, call_id::text AS call, left_at FROM attendances",
    "feedback": "SELECT call_id::text AS call, person_id::text AS person, answer FROM call_feedback",
    "invitations": "SELECT id::text, call_id::text AS call, number FROM invitations",
    "texts": "SELECT id::text, object_id::text AS object, status, why FROM text_messages",
    "demo_texts": "SELECT id::text FROM demo_texts",
    "jobs": "SELECT id, task_name AS task, status::text FROM procrastinate_jobs"
    " WHERE status IN ('doing', 'failed', 'aborted') OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())",
}

UNSETTLED = """
SELECT (SELECT count(*) FROM calls WHERE status <> 'ended')
     + (SELECT count(*) FROM text_messages WHERE status IN ('queued', 'sending'))
     + (SELECT count(*) FROM rings WHERE status = 'ringing')
     + (SELECT count(*) FROM procrastinate_jobs
        WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now()))
"""


async def read(url: str, rooms: set[str]) -> Stored:
    stored = Stored(rooms=sorted(rooms))
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as connection:
        for name, query in QUERIES.items():
            rows: list[dict[str, Any]] = await (await connection.execute(query)).fetchall()
            setattr(stored, name, rows)
    return stored


async def unsettled(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(UNSETTLED)).fetchone()
    return int(row[0]) if row else 0

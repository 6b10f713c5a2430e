"""Floor of `chat`: the statements that one message needs, by raw psycopg, without HTTP, sockets or anybody asking.

`python -m bench.floors.rows URL CLINIC SENDERS SECONDS` writes in that clinic's conversations and prints what it did and took
as JSON (seconds).
"""

import asyncio
import json
import resource
import sys
import time
from uuid import UUID, uuid4

import psycopg

MESSAGE = (
    "SELECT last_seq, version FROM conversations WHERE id = %(c)s FOR NO KEY UPDATE",
    "SELECT 1 FROM entries WHERE id = %(m)s",
    "INSERT INTO audit_entries (at, clinic_id, actor_kind, actor_id, action, patient_id, object_id)"
    " VALUES (now(), %(k)s, 'patient', %(p)s, 'message.post', %(p)s, %(c)s)",
    "INSERT INTO entries (conversation_id, seq, id, kind, author_kind, author_id, author_name, text, at)"
    " SELECT id, last_seq + 1, %(m)s, 'message', 'patient', %(p)s, 'Patient', %(t)s, now() FROM conversations WHERE id = %(c)s",
    "UPDATE conversations SET last_seq = last_seq + 1, last_at = now(), last_kind = 'message',"
    " patient_messages = patient_messages + 1, version = version + 1 WHERE id = %(c)s",
    "SELECT pg_notify('floor', %(m)s::text)",
)

acknowledged: list[float] = []
delivered: list[float] = []
begun: dict[str, float] = {}


def note(message: str) -> None:
    delivered.append(time.perf_counter() - begun.pop(message))


async def listen(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("LISTEN floor")
        async for notice in connection.notifies():
            note(notice.payload)


async def send(url: str, conversation: UUID, patient: UUID, clinic: UUID, *, until: float) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        while (began := time.perf_counter()) < until:
            message = uuid4()
            begun[str(message)] = began
            values = {"c": conversation, "p": patient, "m": message, "k": clinic, "t": "Ett meddelande om ingenting."}
            for statement in MESSAGE:
                await connection.execute(statement, values)
            await connection.commit()
            acknowledged.append(time.perf_counter() - began)


async def main(url: str, clinic: str, senders: int, seconds: float) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        query = "SELECT id, patient_id, clinic_id FROM conversations WHERE clinic_id = %s ORDER BY id LIMIT %s"
        threads: list[tuple[UUID, UUID, UUID]] = await (await connection.execute(query, [clinic, senders])).fetchall()
    listening = asyncio.create_task(listen(url))
    await asyncio.sleep(0.2)
    began, cpu = time.perf_counter(), _cpu()
    await asyncio.gather(*(send(url, c, p, k, until=began + seconds) for c, p, k in threads))
    took, cpu = time.perf_counter() - began, _cpu() - cpu
    listening.cancel()
    said = {"messages": len(acknowledged), "seconds": took, "cpu": cpu, "acknowledged": acknowledged, "delivered": delivered}
    print(json.dumps(said))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))

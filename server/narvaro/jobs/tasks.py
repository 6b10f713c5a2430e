"""Tasks: what can run later. A job is enqueued in the caller's transaction, so it exists exactly when the change does."""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, cast, get_type_hints
from uuid import UUID

import msgspec
import structlog
from procrastinate import (
    App,
    BaseRetryStrategy,
    JobContext,
    PsycopgConnector,
    RetryDecision,
)
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.tasks import Task
from psycopg.types.json import Jsonb
from sqlalchemy import Function, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.db.prepared import Db, Prepared, driver_of
from narvaro.jobs.doors import Doors
from narvaro.tracing import traced

P = ParamSpec("P")
RETRY_FOR: Final = timedelta(hours=6)
LONGEST_PAUSE: Final = timedelta(minutes=5)

DEFER: Final[Function[Any]] = func.procrastinate_defer_jobs_v1(
    text(
        "ARRAY(SELECT ROW(queue, task, priority, lock, NULL, args, at)::procrastinate_job_to_defer_v1"
        " FROM jsonb_to_recordset(:jobs)"
        " AS job(queue text, task text, priority integer, lock text, args jsonb, at timestamptz))"
    )
)
"""What procrastinate itself runs for `defer`, for a list of `job_of`; also as a part of another statement."""
_DEFER_NOW: Final = Prepared(select(DEFER))

jobs_app = App(connector=PsycopgConnector())
"""Opened by the worker only: enqueueing borrows the caller's connection."""

RUNNING: set[int | None] = set()
"""The ids of the jobs that this process works on just now."""


class SoonThenSeldom(BaseRetryStrategy):
    """After 1, 2, 4 … s, at most 5 minutes apart, for about 6 hours."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        pause = min(timedelta(seconds=2 ** min(job.attempts, 10)), LONGEST_PAUSE)
        if job.attempts * LONGEST_PAUSE > RETRY_FOR:
            return None
        return RetryDecision(retry_in={"seconds": int(pause.total_seconds())})


def task(
    name: str, *, retry: BaseRetryStrategy | bool = True
) -> Callable[[Callable[Concatenate[Doors, P], Awaitable[None]]], "Task[..., Any, Any]"]:
    """Register `async def work(doors, **ids)` under a lasting name (`calls.miss_ring`).

    Arguments arrive as their annotations say (UUID, datetime …). It may run more than once and must be idempotent.
    A failed job is tried again as `SoonThenSeldom` says, unless `retry` is False.
    """

    def register(
        work: Callable[Concatenate[Doors, P], Awaitable[None]],
    ) -> "Task[..., Any, Any]":
        hints = get_type_hints(work)

        async def run(context: JobContext, /, **stored: Any) -> None:
            doors: Doors = context.additional_context["doors"]
            given = {key: msgspec.convert(value, hints[key], strict=False) for key, value in stored.items()}
            ids = {key: str(value) for key, value in given.items() if isinstance(value, UUID)}
            job_id = context.job.id
            RUNNING.add(job_id)
            try:
                with structlog.contextvars.bound_contextvars(task=name, **ids), traced(name, ids):
                    await cast(Any, work)(doors, **given)
            finally:
                RUNNING.discard(job_id)

        strategy = SoonThenSeldom() if retry is True else retry
        return jobs_app.task(name=name, pass_context=True, retry=strategy)(run)

    return register


def hourly(work: "Task[..., Any, Any]") -> "Task[..., Any, Any]":
    """Above `@task`: run it each hour, once in the fleet. The work takes `timestamp`, when it was due (seconds)."""
    minutes_past = 7
    return cast("Task[..., Any, Any]", jobs_app.periodic(cron=f"{minutes_past} * * * *")(work))


def minutely(work: "Task[..., Any, Any]") -> "Task[..., Any, Any]":
    """As `hourly`, each minute."""
    return cast("Task[..., Any, Any]", jobs_app.periodic(cron="* * * * *")(work))


async def enqueue(
    db: Db,
    task: "Task[..., Any, Any]",
    *,
    run_at: datetime | None = None,
    queueing_lock: str | None = None,
    lock: str | None = None,
    **args: Any,
) -> None:
    """Run the task after this transaction has committed, at `run_at` at the earliest.

    With `queueing_lock`, nothing is added while a job with the same lock waits; with `lock`, it waits while one runs.
    `args`: ids and other small JSON values.
    """
    if queueing_lock is None:
        await _DEFER_NOW.all(db, jobs=jobs_of(job_of(task, run_at=run_at, lock=lock, **args)))
        return
    if not isinstance(db, AsyncSession):
        raise TypeError("A quick transaction has no savepoints.")
    job = task.configure(schedule_at=run_at, queueing_lock=queueing_lock, lock=lock, connection=await driver_of(db))
    with contextlib.suppress(AlreadyEnqueued):
        async with (await db.connection()).begin_nested():
            await job.defer_async(**msgspec.to_builtins(args))


def job_of(
    task: "Task[..., Any, Any]", *, run_at: datetime | None = None, lock: str | None = None, **args: Any
) -> dict[str, Any]:
    """One job, for `jobs_of`."""
    given = msgspec.to_builtins(args)
    return {
        "queue": task.queue,
        "task": task.name,
        "priority": task.priority,
        "lock": lock,
        "args": given,
        "at": run_at.isoformat() if run_at else None,
    }


def jobs_of(*jobs: dict[str, Any]) -> Jsonb:
    """The value of `jobs` in a statement with `DEFER`."""
    return Jsonb(list(jobs))


async def cancel_jobs(db: AsyncSession, *queueing_locks: str) -> None:
    """Forget waiting jobs with these locks; running ones go on. For tidiness only: tasks check the state themselves."""
    query = text("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:locks)")
    await db.execute(query, {"locks": list(queueing_locks)})

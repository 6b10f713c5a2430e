"""The two kinds of process: `serve` answers people, `worker` runs jobs; both until SIGTERM."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn

from narvaro.app import create_app
from narvaro.features import open_doors, register_features
from narvaro.jobs.worker import run_worker
from narvaro.logs import set_up_logging
from narvaro.metrics import tell_metrics
from narvaro.realtime.uvicorn_socket import SOCKETS
from narvaro.settings import Settings
from narvaro.tracing import start_tracing

GRACE = 5
"""Seconds that open requests get at the end; sockets are closed at once."""


def serve(settings: Settings, *, routes: Sequence[Any] = ()) -> None:
    begin()
    tell_metrics(settings.metrics_bind)
    host, port = settings.bind
    uvicorn.run(
        create_app(settings, routes=routes),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        server_header=False,
        access_log=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        log_config=None,
        timeout_graceful_shutdown=GRACE,
        **SOCKETS,
    )


def work(settings: Settings) -> None:
    begin()
    tell_metrics(settings.metrics_bind)
    asyncio.run(run_jobs(settings))


def begin() -> None:
    """SIGTERM is an order that was obeyed, not a failure, also before and after uvicorn and the worker listen for it."""
    set_up_logging()
    start_tracing(os.environ)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


async def run_jobs(settings: Settings) -> None:
    register_features()
    doors = open_doors(settings)
    try:
        async with doors.sms.listening():
            await run_worker(doors)
    finally:
        await doors.close()

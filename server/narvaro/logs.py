"""One JSON object per line on stderr. Never bodies, cookies, query strings or what people wrote (D3)."""

import logging
import re
import sys
import time
from typing import TextIO
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from narvaro.metrics import REQUESTS
from narvaro.tracing import trace_answer

log = structlog.get_logger()

QUIET = ("uvicorn.access", "httpx", "httpx2", "httpcore", "httpcore2", "psycopg.pool", "authlib")
"""Their lines hold addresses with queries: a sign-in's code and state are there."""


def set_up_logging(stream: TextIO | None = None) -> None:
    """Our own lines and the libraries', in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class RequestId(ASGIMiddleware):
    """Gives every request an id of our own making; its log lines carry it."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["state"]["started"] = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=uuid4().hex):
            await next_app(scope, receive, send)


def told(path: str) -> str:
    """A receipt's address holds its key."""
    return "/".join(path.split("/")[:4]) if path.startswith("/hooks/") else path


def call_of(path: str) -> dict[str, str]:
    """The call's id, so that what belongs to one call can be found."""
    found = re.search(r"/call(?:s)?/([0-9a-f-]{36})(?:/|$)", path)
    return {"call_id": found[1]} if found else {}


async def log_response(message: Message, scope: Scope) -> None:
    """For Litestar's `before_send`: one line per answer; assets and health checks are left out."""
    if message["type"] != "http.response.start" or scope["path"].startswith(("/assets/", "/healthz", "/readyz")):
        return
    started = scope["state"].get("started")
    took = None if started is None else round((time.perf_counter() - started) * 1000, 1)
    method, status, call = str(scope.get("method")), message["status"], call_of(scope["path"])
    if took is not None:
        REQUESTS.labels(method, str(status)).observe(took / 1000)
        trace_answer(scope, status, took / 1000, call | _request())
    log.info("request", method=method, path=told(scope["path"]), status=status, ms=took, **call)


def _request() -> dict[str, str]:
    return {key: value for key, value in structlog.contextvars.get_contextvars().items() if key == "request_id"}

"""What Prometheus reads of this process: counts and times, never of whom (D3), on a private address of its own (G5)."""

import structlog
from prometheus_client import Counter, Gauge, Histogram, start_http_server

log = structlog.get_logger()

_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram("narvaro_request_seconds", "Time to answer", ["method", "status"], buckets=_SECONDS)
SOCKETS = Gauge("narvaro_sockets", "Open sockets of this process")
RING_DELIVERED = Histogram("narvaro_ring_delivered_seconds", "From ringing to the patient's first page", buckets=_SECONDS)
CALL_JOINED = Histogram("narvaro_answer_to_joined_seconds", "From the seat to the media room", ["kind"], buckets=_SECONDS)
CALLS_ENDED = Counter("narvaro_calls_ended", "Calls by how they ended", ["reason"])
RINGS_ENDED = Counter("narvaro_rings_ended", "Rings by how they ended", ["status"])
TEXTS = Counter("narvaro_texts", "Texts by what became of them", ["status", "why"])
PUSHES = Counter("narvaro_pushes", "Pushes by what their services said", ["outcome"])
JOBS_WAITING = Gauge("narvaro_jobs_waiting", "Jobs that are due, told by the worker that watches")
JOBS_OLDEST = Gauge("narvaro_jobs_oldest_seconds", "How long the oldest due job has waited")


def tell_metrics(bind: tuple[str, int] | None) -> None:
    """Answer Prometheus there, if anywhere, from a thread of its own."""
    if bind is not None:
        host, port = bind
        start_http_server(port, addr=host)
        log.info("metrics_told", port=port)

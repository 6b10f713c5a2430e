"""Traces by OpenTelemetry: one span for each answer and each job; never of what was said, from where or by whom (D3).

Off, and not even imported, unless `OTEL_EXPORTER_OTLP_ENDPOINT` says where they go.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from narvaro.settings import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"

_tracer: "Tracer | None" = None


def start_tracing(environ: Mapping[str, str]) -> None:
    """The SDK reads its own `OTEL_*`. Raises SettingsError when it is wanted and not installed."""
    if not environ.get(ENDPOINT):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(f"{ENDPOINT} needs what `narvaro[traces]` installs.") from None
    trace_by(BatchSpanProcessor(OTLPSpanExporter()))


def trace_by(processor: "SpanProcessor | None") -> None:
    """None: no longer."""
    global _tracer
    if processor is None:
        _tracer = None
        return
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource({SERVICE_NAME: "narvaro"}).merge(Resource.create()))
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("narvaro")


def trace_answer(scope: Mapping[str, Any], status: int, seconds: float, ids: Mapping[str, str]) -> None:
    """One request. Named after its route: the address itself holds searches, links and codes."""
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind

    route, method = scope.get("path_template", "nowhere"), scope.get("method", "")
    told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    began = time.time_ns() - round(seconds * 1e9)
    _tracer.start_span(f"{method} {route}", kind=SpanKind.SERVER, attributes=told | _named(ids), start_time=began).end()


@contextmanager
def traced(name: str, ids: Mapping[str, str]) -> Iterator[None]:
    """What runs inside. Of an error its type is told, for its words may hold anything."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import StatusCode

    with _tracer.start_as_current_span(
        name, attributes=_named(ids), record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _named(ids: Mapping[str, str]) -> dict[str, str]:
    return {f"narvaro.{name}": value for name, value in ids.items()}

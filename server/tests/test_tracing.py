"""OpenTelemetry: off until it is asked for; then a receiver gets spans with ids, and nothing else of what passed (D3)."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from builders import build_practice
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from test_cli import process, settings

from narvaro import tracing
from narvaro.auth.actions import start_session
from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.settings import SettingsError

WORDS, SEARCH = "kanariefågel-i-meddelandet", "kanariesök"
SITE = "https://vard.example"


class Receiver(ThreadingHTTPServer):
    """Of OTLP over HTTP, as any collector."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.bodies: list[bytes] = []

    def spans(self) -> list[tuple[str, Mapping[str, str]]]:
        """(name, attributes), in the order in which they came."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for request in requests for each in request.resource_spans for scope in each.scope_spans]
        return [
            (span.name, {each.key: each.value.string_value or str(each.value.int_value) for each in span.attributes})
            for scope in scopes
            for span in scope.spans
        ]


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


async def test_real_serve_tells_its_spans_with_ids_and_no_canary_d3(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        token = await start_session(db, ActorKind.PATIENT, at.patient.id, at.clinic_id, now=utc_now())
    own, call_id = settings(database_url), uuid4()
    with receiver() as collector:
        own["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{collector.server_port}"
        with process("serve", own, tmp_path / "serve.log") as serving:
            cookie = f"{session_cookie_name(SITE, ActorKind.PATIENT)}={token}"
            http = httpx2.Client(base_url=f"http://{own['NARVARO_BIND']}", headers={"Cookie": cookie, "Origin": SITE})
            with http:
                while not (tmp_path / "serve.log").read_text().count("Uvicorn running"):
                    assert serving.poll() is None
                path = f"/api/patient/conversations/{at.conversation_id}/messages"
                assert http.post(path, json={"id": str(uuid4()), "text": WORDS}).status_code == 201
                assert http.get(f"/api/patient/conversations?search={SEARCH}").status_code == 200
                assert http.get(f"/api/patient/calls/{call_id}?{SEARCH}").status_code == 404
                assert http.get(f"/{SEARCH}").status_code == 404
            serving.terminate()
            serving.wait(20)
        spans = dict(collector.spans())
        told = b"".join(collector.bodies)
    posted = spans["POST /api/patient/conversations/{conversation_id}/messages"]
    assert (posted["http.response.status_code"], len(posted["narvaro.request_id"])) == ("201", 32)
    assert spans["GET /api/patient/calls/{call_id}"]["narvaro.call_id"] == str(call_id)
    canaries = {WORDS, SEARCH, token, at.patient.name, str(at.conversation_id)}
    assert {canary for canary in canaries if canary.encode() in told} == set()


def test_nothing_is_imported_while_it_is_off() -> None:
    code = "import sys, narvaro.serving as s; s.begin(); print(any(name.startswith('opentelemetry') for name in sys.modules))"
    environment = {"PATH": "/usr/bin:/bin"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "False"


def test_wanted_and_not_installed_stops_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match=r"narvaro\[traces\]"):
        tracing.start_tracing({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})


def test_job_that_fails_tells_the_error_s_type_and_not_its_words_d3() -> None:
    exporter = InMemorySpanExporter()
    tracing.trace_by(SimpleSpanProcessor(exporter))
    try:
        with pytest.raises(ValueError, match=WORDS), tracing.traced("calls.miss_ring", {"ring_id": "7"}):
            raise ValueError(WORDS)
    finally:
        tracing.trace_by(None)
    (span,) = exporter.get_finished_spans()
    assert (span.name, dict(span.attributes or {}), span.status.description) == (
        "calls.miss_ring",
        {"narvaro.ring_id": "7"},
        "ValueError",
    )
    assert WORDS not in span.to_json()

"""Whatever is sent, it is answered in a sentence and nothing is stored (C6).

`FUZZ_EXAMPLES` and `FUZZ_FRAMES` make it longer.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from litestar import Litestar
from matrix.conftest import Desk
from matrix.test_http import KIND_OF
from matrix.world import Undone, World
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from test_app import settings_of_test

from narvaro.app import create_app
from narvaro.db.session import Database

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
ASKERS = ("staff", "patient", "guest", "nobody")
WITHIN = 20
"""Seconds; what takes longer hangs."""


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    schema = create_app(settings_of_test()).openapi_schema.to_schema()
    found = schemathesis.openapi.from_dict(msgspec.json.decode(msgspec.json.encode(schema)))
    return [each.ok() for each in found.get_all_operations() if isinstance(each, Ok)]


class Sitting:
    """One undone transaction for a test that is not async itself: Hypothesis asks, the runner answers."""

    def __init__(self, runner: asyncio.Runner, desk: Desk, world: World, role: str) -> None:
        self._runner = runner
        self._desk = desk
        self._token = world.ours.who.get(role)
        self._ids = sorted(value for value in world.ours.of.values() if len(value) == 36)

    def ask(self, case: Case[Any]) -> httpx2.Response:
        """What it does, when it is let in, is undone; what is refused must have done nothing."""
        return self._runner.run(asyncio.wait_for(self._ask(case), WITHIN))

    def contents(self) -> dict[str, str]:
        return self._runner.run(self._desk.log.contents())

    async def _ask(self, case: Case[Any]) -> httpx2.Response:
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8600")
        body = {name: sent[name] for name in ("json", "content") if sent.get(name) is not None}
        if isinstance(sent.get("data"), str | bytes):
            body["content"] = sent["data"]
        async with self._desk.browser(self._token) as browser, self._desk.connection.begin_nested() as savepoint:
            url = httpx2.URL(self._with_ids_that_are_there(sent["url"]), params=sent.get("params") or None)
            answer = await browser.request(sent["method"], url, **body)
            if answer.is_success:
                await savepoint.rollback()
        return answer

    def _with_ids_that_are_there(self, url: str) -> str:
        parts = url.split("/")
        for index, part in enumerate(parts):
            if re.fullmatch(r"[0-9a-f-]{36}", part) and int(part[0], 16) % 4:
                parts[index] = self._ids[int(part[1:3], 16) % len(self._ids)]
        return "/".join(parts)


@contextmanager
def sitting(undone: tuple[Undone, Litestar], world: World, role: str) -> Iterator[Sitting]:
    database, app = undone
    real = Database(world.url, pool_size=1)
    with asyncio.Runner() as runner:
        connection = runner.run(connected(real))
        database.connection = connection
        outer = runner.run(begun(connection))
        yield Sitting(runner, Desk(app, connection), world, role)
        runner.run(outer.rollback())
        runner.run(connection.close())
        runner.run(real.close())


async def connected(database: Database) -> Any:
    return await database.engine.connect()


async def begun(connection: Any) -> Any:
    return await connection.begin()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("role", ASKERS)
def test_no_request_breaks_anything_or_leaves_something_behind_c6(
    role: str, mode: GenerationMode, operations: list[Any], undone: tuple[Undone, Litestar], world: World
) -> None:
    mine = [each for each in operations if each.path.split("/")[2] == KIND_OF.get(role, "guest")]
    assert len(mine) > 5
    with sitting(undone, world, role) as desk:
        before = desk.contents()
        for operation in mine:
            with suppress(Unsatisfiable):  # nothing in it can be wrong
                ask_at_random(desk, operation, mode)
            assert desk.contents() == before, operation.label


def ask_at_random(desk: Sitting, operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        answer = desk.ask(case)
        assert answer.status_code < 500, (operation.label, case.formatted_path, case.query, case.body, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "code"} <= set(answer.json())

    check()

"""Every role asks everything of everybody: our own clinic's, another's, and what is nowhere (C3, D1)."""

import re
from uuid import uuid4

import httpx2
import msgspec
import pytest
from litestar import Litestar
from matrix.conftest import Desk
from matrix.rows import GUESTS, OPERATIONS, PATIENTS, PUBLIC, ROLES, STAFF, Logged, Names, Row
from matrix.world import Side, World, unknown
from test_app import settings_of_test

from narvaro.app import create_app

KIND_OF = {**dict.fromkeys(STAFF, "staff"), **dict.fromkeys(PATIENTS, "patient"), **dict.fromkeys(GUESTS, "guest")}


def operations_of(app: Litestar) -> set[str]:
    found: set[str] = set()
    for route in app.routes:
        methods: set[str] = getattr(route, "methods", set()) - {"OPTIONS", "HEAD"}
        found |= {f"{method} {re.sub(r'{[^}]*}', '{}', route.path)}" for method in methods}
    return found


def test_no_operation_is_without_a_row_and_no_row_without_an_operation_c3() -> None:
    rows = {operation.partition("?")[0] for operation in OPERATIONS}
    there = operations_of(create_app(settings_of_test()))
    assert rows & set(PUBLIC) == set()
    assert there - rows - set(PUBLIC) == set(), "give each a row in tests/matrix/rows.py"
    assert (rows | set(PUBLIC) - {"GET /assets/{}"}) - there == set()


async def ask(browser: httpx2.AsyncClient, operation: str, row: Row, of: Names) -> httpx2.Response:
    method, _, path = operation.partition(" ")
    if row.of:
        path = path.replace("{}", str(uuid4()) if row.of == "new" else of[row.of])
    content = msgspec.json.encode(row.body(of)) if row.body else None
    return await browser.request(method, path, content=content)


def expected(operation: str, row: Row, role: str) -> int:
    kind = operation.split("/")[2]
    if KIND_OF.get(role) != kind:
        return 401
    return 409 if role in row.told else 404


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_who_may_not_is_refused_and_changes_nothing_c3(operation: str, world: World, desk: Desk) -> None:
    row = OPERATIONS[operation]
    before = await desk.log.contents()
    answers = {}
    for role in sorted(set(ROLES) - set(row.may)):
        async with desk.browser(world.ours.who.get(role)) as browser:
            answer = await ask(browser, operation, row, world.ours.of)
        answers[role] = answer.status_code
        assert answer.headers["content-type"] == "application/problem+json"
        assert not leaks(answer, world.ours.names_of("patient", "rung", "guest"))
    assert answers == {role: expected(operation, row, role) for role in answers}
    assert await desk.log.contents() == before


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if row.uses_object])
async def test_what_is_another_clinics_looks_like_what_is_not_there_c3(operation: str, world: World, desk: Desk) -> None:
    """Also in what is said, and the access log has no row of what was not seen."""
    row = OPERATIONS[operation]
    before = await desk.log.contents()
    for role in row.may:
        async with desk.browser(world.ours.who.get(role)) as browser:
            foreign = await ask(browser, operation, row, foreign_things(row, world))
            nowhere = await ask(browser, operation, row, unknown(world.theirs))
        assert foreign.status_code == nowhere.status_code == 404, role
        assert foreign.content == nowhere.content
    assert await desk.log.contents() == before


def foreign_things(row: Row, world: World) -> Names:
    """A link is its holder's, whatever the clinic: what is foreign of it is only what nobody was given."""
    links = {} if row.of else {name: str(uuid4()) for name in world.theirs.of if name.endswith("link")}
    return world.theirs.of | links


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_who_may_is_let_in_and_logged_d1(operation: str, world: World, desk: Desk) -> None:
    row = OPERATIONS[operation]
    end = await desk.log.end()
    for role in row.may:
        async with desk.undone():
            async with desk.browser(world.ours.who.get(role)) as browser:
                answer = await ask(browser, operation, row, world.ours.of)
            assert answer.is_success, (role, answer.text)
            assert leaks(answer, world.theirs.secrets()) == set()
            assert leaks(answer, hidden_from(world.ours, role)) == set()
            if isinstance(row.log, Logged):
                whose = role if row.log.whose == "self" else row.log.whose
                patient = whose and str(world.ours.actors[whose].id)
                assert (row.log.action, patient) in await desk.log.rows(world.ours, role, end), role


FROM_ELSEWHERE = (
    {"origin": ""},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"content-type": "text/plain"},
    {"content-type": "application/x-www-form-urlencoded"},
)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if not name.startswith("GET ")])
async def test_what_another_sites_page_asks_changes_nothing_c4(operation: str, world: World, desk: Desk) -> None:
    """The browser would send the cookie of whoever may."""
    row = OPERATIONS[operation]
    before = await desk.log.contents()
    for headers in FROM_ELSEWHERE:
        if "origin" not in headers and row.body is None:
            continue
        async with desk.browser(world.ours.who.get(row.may[-1])) as browser:
            browser.headers.update(headers)
            answer = await ask(browser, operation, row, world.ours.of)
        assert answer.status_code == 400, headers
    assert await desk.log.contents() == before


def leaks(answer: httpx2.Response, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in answer.text}


def hidden_from(side: Side, role: str) -> set[str]:
    """Other patients, from all but staff."""
    if role in STAFF:
        return set()
    others = [each for each in PATIENTS if each != role and not (role in GUESTS and each == "patient")]
    return side.names_of(*others) | {side.actors[each].id.hex for each in others}

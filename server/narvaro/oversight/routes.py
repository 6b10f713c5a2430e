"""The access log over HTTP, for a clinic's administrators; to everybody else it is not there."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter

from narvaro.auth.actors import Actor
from narvaro.auth.guards import CurrentKnown, Db
from narvaro.clock import utc_now
from narvaro.errors import NotFound
from narvaro.oversight import actions, queries
from narvaro.oversight.queries import Filter
from narvaro.oversight.schemas import AccessPage, Colleagues, NewReview, SpotCheckOpened, SpotChecks

Id = FromPath[UUID]
Wanted = Annotated[UUID | None, QueryParameter()]
Day = Annotated[date | None, QueryParameter()]
Action = Annotated[str | None, QueryParameter(max_length=60)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]
Month = Annotated[str | None, QueryParameter(max_length=7)]


async def current_administrator(known: CurrentKnown) -> Actor:
    """Raises NotFound for staff without the role."""
    if known.role != "administrator":
        raise NotFound
    return known.actor


Administrator = NamedDependency[Actor]


@get("/")
async def read_log(
    administrator: Administrator,
    database: Db,
    staff: Wanted = None,
    patient: Wanted = None,
    action: Action = None,
    since: Day = None,
    until: Day = None,
    before: Cursor = None,
) -> AccessPage:
    """Newest first, 50 at a time. Reading is logged (D2)."""
    wanted = Filter(staff=staff, patient=patient, action=action, since=since, until=until)
    async with database.transaction() as db:
        return await actions.read_log(db, administrator, wanted, before=before, now=utc_now())


@get("/staff")
async def list_staff(administrator: Administrator, database: Db) -> Colleagues:
    """Whom the log can be searched for."""
    async with database.reading() as db:
        return Colleagues(items=await queries.list_colleagues(db, administrator))


@get("/spot-checks")
async def list_spot_checks(administrator: Administrator, database: Db) -> SpotChecks:
    async with database.reading() as db:
        return await queries.list_spot_checks(db, administrator, utc_now())


@post("/spot-checks", status_code=200)
async def draw_spot_check(administrator: Administrator, database: Db, month: Month = None) -> SpotCheckOpened:
    """Of a month that is over, by default the latest; the same again gives what was drawn."""
    async with database.transaction() as db:
        return await actions.draw_spot_check(db, administrator, month, now=utc_now())


@get("/spot-checks/{check_id:uuid}")
async def read_spot_check(check_id: Id, administrator: Administrator, database: Db) -> SpotCheckOpened:
    async with database.transaction() as db:
        return await actions.read_spot_check(db, administrator, check_id, now=utc_now())


@put("/spot-checks/{check_id:uuid}/review")
async def review_spot_check(
    check_id: Id, data: JSONBody[NewReview], administrator: Administrator, database: Db
) -> SpotCheckOpened:
    """Looked through: once, with what was seen."""
    async with database.transaction() as db:
        return await actions.review_spot_check(db, administrator, check_id, data.note, now=utc_now())


STAFF_ROUTES = [
    Router(
        "/audit",
        route_handlers=[read_log, list_staff, list_spot_checks, draw_spot_check, read_spot_check, review_spot_check],
        dependencies={"administrator": Provide(current_administrator)},
    )
]

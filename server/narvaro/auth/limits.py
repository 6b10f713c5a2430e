"""How often one address may ask for what needs no session. Counted in the database, so that processes share the count."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from narvaro.auth.guards import AnyConnection, database_of, settings_of
from narvaro.auth.models import RequestCount
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.errors import TooMany

WITHIN: Final = timedelta(minutes=5)
SWEPT_AT_ONCE: Final = 1000
GUESTS_REQUESTS: Final = 120
"""Links opened, knocks and *Jag kan inte nu* from one address within `WITHIN`; a visit is two or three (B5)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` requests within one window of `WITHIN`; windows begin at whole multiples of it."""

    name: str
    most: int


async def count_request(database: Database, limit: Limit, key: bytes, *, now: datetime) -> None:
    """Counts first and refuses then: of many at once exactly `most` pass. Raises TooMany."""
    begins = datetime.fromtimestamp(now.timestamp() // WITHIN.total_seconds() * WITHIN.total_seconds(), UTC)
    row = insert(RequestCount).values(key=key, begins_at=begins, count=1)
    counted = row.on_conflict_do_update(
        index_elements=[RequestCount.key, RequestCount.begins_at], set_={"count": RequestCount.count + 1}
    ).returning(RequestCount.count)
    async with database.transaction() as db:
        count = (await db.execute(counted)).scalar_one()
        if count == 1:
            old = select(RequestCount.key, RequestCount.begins_at).where(RequestCount.begins_at < begins).limit(SWEPT_AT_ONCE)
            where = tuple_(RequestCount.key, RequestCount.begins_at).in_(old.with_for_update(skip_locked=True))
            await db.execute(delete(RequestCount).where(where))
    if count > limit.most:
        raise TooMany(retry_after=max(1, round((begins + WITHIN - now).total_seconds())))


def key_of(connection: AnyConnection, limit: Limit) -> bytes:
    """Of who asks: not the address itself, which says something of a person, and not to be computed without our secret."""
    host = connection.client.host if connection.client else ""
    return hashlib.sha256(f"{limit.name} {network_of(host)} {settings_of(connection).link_secret}".encode()).digest()


def network_of(host: str) -> str:
    """One household has one IPv4 address, or 2⁶⁴ of the other kind."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


async def limit_sign_ins(connection: AnyConnection) -> None:
    limit = Limit("sign-in", settings_of(connection).sign_ins_per_address)
    await count_request(database_of(connection), limit, key_of(connection, limit), now=utc_now())


async def limit_guests(connection: AnyConnection) -> None:
    limit = Limit("guest", GUESTS_REQUESTS)
    await count_request(database_of(connection), limit, key_of(connection, limit), now=utc_now())

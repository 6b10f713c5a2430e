"""Over HTTP: the knock that lets its own guest in brings the seat with it (B4b), and what a removal means to a ring."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from test_app import PHONE, Site, site  # noqa: F401 - site is a fixture

from narvaro.audit.models import AuditEntry
from narvaro.auth.tokens import hash_token, new_token
from narvaro.calls.models import Attendance
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.invitations.models import InvitationLink

OTHER = {"device_id": "other-00001"}


@dataclass
class Street:
    """A call with an invitation in it, and browsers that hold its link."""

    site: Site
    call_id: str
    ring_id: str
    link: str

    async def knock(self, device: dict[str, str] = PHONE, *, name: str = "Amira Tolk", expect: int = 201) -> dict[str, Any]:
        answer = await self.site.staff.http.post("/api/guest/knocks", json={"token": self.link, "name": name, **device})
        assert answer.status_code == expect, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def accesses(self) -> list[str]:
        async with self.site.doors.database.reading() as db:
            guests = select(AuditEntry.action).where(AuditEntry.actor_kind == "guest").order_by(AuditEntry.id)
            return list(await db.scalars(guests))

    async def identities(self) -> list[str]:
        async with self.site.doors.database.reading() as db:
            return list(await db.scalars(select(Attendance.identity).where(Attendance.kind == "guest")))


@pytest.fixture
async def street(site: Site) -> Street:  # noqa: F811
    call_id, ring_id = await site.place()
    invitation = {"id": str(uuid4()), "number": "070-174 06 12"}
    await site.staff.ask("POST", f"/calls/{call_id}/invitations", {"invitations": [invitation]})
    token = new_token()
    async with site.doors.database.transaction() as db:
        await db.execute(update(Clinic).values(guest_admission="direct"))
        link = InvitationLink(token_hash=hash_token(token), invitation_id=UUID(invitation["id"]), created_at=utc_now())
        db.add(link)
    return Street(site, call_id, ring_id, token)


async def test_a_direct_knock_brings_the_seat_and_both_are_in_the_access_log_d1(street: Street) -> None:
    told = await street.knock()
    assert (told["status"], told["seat"]["call"]["id"]) == ("admitted", street.call_id)
    assert await street.identities() == [told["seat"]["media"]["identity"]]
    assert await street.accesses() == ["call.knock", "call.join"]


async def test_the_same_browsers_second_knock_gives_the_same_seat(street: Street) -> None:
    first, second = await street.knock(), await street.knock()
    assert first["seat"]["media"]["identity"] == second["seat"]["media"]["identity"]
    moved = await street.knock(OTHER)
    assert await street.identities() == [moved["seat"]["media"]["identity"]] != [first["seat"]["media"]["identity"]]


async def test_a_knock_that_waits_or_names_no_device_brings_no_seat(street: Street) -> None:
    told = await street.knock({})
    assert (told["status"], told["seat"]) == ("admitted", None)
    street.site.staff.http.cookies.clear()
    told = await street.knock(name="Någon Annan")
    assert (told["status"], told["seat"]) == ("knocking", None)
    assert await street.accesses() == ["call.knock", "call.knock"]
    assert await street.identities() == [""]


async def test_a_revoked_link_brings_no_seat_to_whoever_sat_in_it_a3(street: Street) -> None:
    told = await street.knock()
    await street.site.staff.ask("POST", f"/knocks/{told['id']}/remove")
    assert (await street.knock(expect=404))["code"] == "link-dead"


async def test_who_prepares_is_told_that_somebody_was_removed_a3(street: Street) -> None:
    told = await street.knock()
    prepare = f"/rings/{street.ring_id}/prepare"
    assert (await street.site.patient.ask("POST", prepare, PHONE))["is_guarded"] is False
    await street.site.staff.ask("POST", f"/knocks/{told['id']}/remove")
    assert (await street.site.patient.ask("POST", prepare, PHONE))["is_guarded"] is True

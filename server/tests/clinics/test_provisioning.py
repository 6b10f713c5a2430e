from argparse import Namespace
from uuid import uuid4

import pytest
from builders import NOON, build_practice
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actions import start_session
from narvaro.auth.actors import ActorKind
from narvaro.auth.people import Identity
from narvaro.auth.queries import find_known
from narvaro.auth.tokens import hash_token
from narvaro.calls.actions import place_call
from narvaro.calls.attendance_actions import join_call
from narvaro.calls.queries import load_call
from narvaro.clinics.actions import ClinicAlreadyThere, StaffMemberNotFound, add_clinic, add_staff_member, set_clinic
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.clinics.queries import ClinicNotFound, admit_staff_member, find_home, get_clinic, list_clinics
from narvaro.errors import Malformed
from narvaro.oversight.queries import list_colleagues
from narvaro.provisioning import dismiss_staff_member


async def test_adding_the_same_clinic_again_changes_nothing(db: AsyncSession) -> None:
    one = await add_clinic(db, "testkoping", name="Hälsocentralen")
    again = await add_clinic(db, "testkoping", name="Hälsocentralen")
    assert one.id == again.id
    assert again.brand == "Hälsocentralen"
    assert len(await list_clinics(db)) == 1


async def test_adding_a_clinic_with_other_facts_is_refused(db: AsyncSession) -> None:
    await add_clinic(db, "testkoping", name="Hälsocentralen")
    with pytest.raises(ClinicAlreadyThere):
        await add_clinic(db, "testkoping", name="Tandvården")


async def test_set_changes_only_what_is_given(db: AsyncSession) -> None:
    await add_clinic(db, "testkoping", name="Hälsocentralen", staff_acr="loa3")
    await set_clinic(db, "testkoping", may_patients_sign_up=True)
    clinic = await get_clinic(db, "testkoping")
    assert clinic.may_patients_sign_up
    assert clinic.staff_acr == "loa3"


@pytest.mark.parametrize("slug", ["", "Å", "A", "a/b", "a--b", "-a", "signed-in", "a" * 61, "a\n"])
async def test_slug_that_cannot_be_in_an_address_is_refused(db: AsyncSession, slug: str) -> None:
    with pytest.raises(Malformed):
        await add_clinic(db, slug, name="Hälsocentralen")


async def test_wrong_time_zone_and_unknown_clinic_are_named(db: AsyncSession) -> None:
    with pytest.raises(Malformed, match="Europe/Stockholm"):
        await add_clinic(db, "testkoping", name="Hälsocentralen", time_zone="Sweden/Gävle")
    with pytest.raises(ClinicNotFound, match="ingen"):
        await set_clinic(db, "ingen", name="X")


async def test_adding_a_person_again_sets_name_and_role(db: AsyncSession) -> None:
    clinic = await add_clinic(db, "testkoping", name="Hälsocentralen")
    one = await add_staff_member(db, clinic.id, iss="i", sub="s", name="Selma")
    again = await add_staff_member(db, clinic.id, iss="i", sub="s", name="Selma\u202e Testkvist", role="administrator")
    assert (again.id, again.name, again.role) == (one.id, "Selma Testkvist", "administrator")
    assert (await add_staff_member(db, clinic.id, iss="i", sub="s", name="Selma")).role == "administrator"


async def test_whoever_is_removed_is_out_of_everything_until_added_again_c2(db: AsyncSession) -> None:
    at = await build_practice(db)
    call = await place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    await join_call(db, at.staff, call.id, device_id="desk-00001", now=NOON)
    token = hash_token(await start_session(db, ActorKind.STAFF, at.staff.id, at.clinic_id, now=NOON))
    kept = hash_token(await start_session(db, ActorKind.STAFF, at.colleague.id, at.clinic_id, now=NOON))
    slug, iss, sub = (
        await db.execute(
            select(Clinic.slug, StaffMember.iss, StaffMember.sub).join(StaffMember).where(StaffMember.id == at.staff.id)
        )
    ).one()
    said = await dismiss_staff_member(db, Namespace(clinic=slug, iss=iss, sub=sub))
    assert said == "Selma Testkvist no longer works for Hälsocentralen Testköping"
    assert await find_known(db, ActorKind.STAFF, token, now=NOON) is None
    assert await find_known(db, ActorKind.STAFF, kept, now=NOON) is not None
    home = await find_home(db, at.clinic_id)
    assert home is not None
    assert await admit_staff_member(db, home, Identity(iss, sub, None), NOON) is None
    left = await load_call(db, at.colleague, call.id)
    assert (left.attendances, left.status) == ([], "open")
    assert [colleague.name for colleague in await list_colleagues(db, at.colleague)] == ["Anna Lindqvist", "Selma Testkvist"]

    await dismiss_staff_member(db, Namespace(clinic=slug, iss=iss, sub=sub))
    await add_staff_member(db, at.clinic_id, iss=iss, sub=sub, name="Selma Testkvist")
    assert await admit_staff_member(db, home, Identity(iss, sub, None), NOON) == at.staff.id
    with pytest.raises(StaffMemberNotFound):
        await dismiss_staff_member(db, Namespace(clinic=slug, iss=iss, sub="nobody"))


async def test_a_session_that_is_left_over_is_nobodys_once_they_have_been_removed_c2(db: AsyncSession) -> None:
    at = await build_practice(db)
    token = hash_token(await start_session(db, ActorKind.STAFF, at.staff.id, at.clinic_id, now=NOON))
    await db.execute(update(StaffMember).where(StaffMember.id == at.staff.id).values(left_at=NOON))
    assert await find_known(db, ActorKind.STAFF, token, now=NOON) is None

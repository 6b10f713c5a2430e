import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clinics.actions import ClinicAlreadyThere, add_clinic, add_staff_member, set_clinic
from narvaro.clinics.queries import ClinicNotFound, get_clinic, list_clinics
from narvaro.errors import Malformed


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

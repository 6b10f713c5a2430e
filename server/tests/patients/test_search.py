import pytest
from builders import build_practice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.patients.actions import add_patient
from narvaro.patients.models import Patient
from narvaro.patients.queries import matches_name, named, patients_of, words_of


@pytest.mark.parametrize(
    ("search", "is_found"),
    [("sof", True), ("GUNN", True), ("gunnarsson sofia", True), ("unnar", False), ("'", False), ("sof & | ! ( :*", True),
     ("åsa", False), ("", False), ("sof \\ ' \x00".replace("\x00", ""), True)],
)  # fmt: skip
async def test_search_matches_beginnings_of_words(db: AsyncSession, search: str, is_found: bool) -> None:
    practice = await build_practice(db)
    words = {"words": words_of(search)}
    found = await db.scalars(patients_of(practice.staff).where(matches_name()), words)
    assert [patient.name for patient in found] == (["Sofia Gunnarsson"] if is_found else [])
    by_index = await db.execute(named(practice.staff, 10), words)
    assert [row.name for row in by_index] == (["Sofia Gunnarsson"] if is_found else [])


async def test_staff_and_patients_see_only_their_own(db: AsyncSession) -> None:
    one, other = await build_practice(db), await build_practice(db)
    await add_patient(db, one.clinic_id, iss="i", sub="erik", name="Erik Lind")
    assert len((await db.scalars(patients_of(one.staff))).all()) == 2
    assert [patient.id for patient in await db.scalars(patients_of(one.patient))] == [one.patient.id]
    assert other.patient.id not in set(await db.scalars(select(Patient.id).where(Patient.clinic_id == one.clinic_id)))

"""Searching the list, and finding a patient: the same people whichever way is quickest."""

from collections import Counter

from builders import NOON, Practice, build_patient, build_practice
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor
from narvaro.conversations import queries
from narvaro.patients.queries import FEW

FILL = text("""
WITH filled AS (
    INSERT INTO patients (clinic_id, iss, sub, name) SELECT :clinic_id, 'https://idp.test', :name || n, :name || ' Fylld' || n
    FROM generate_series(1, CAST(:count AS integer)) n RETURNING id
)
INSERT INTO conversations (clinic_id, patient_id, last_at, created_at)
SELECT :clinic_id, id, CAST(:newest AS timestamptz) - row_number() OVER () * interval '1 second', :newest FROM filled""")


async def fill(db: AsyncSession, at: Practice, name: str, count: int) -> None:
    """Their conversations are newer than the practice's own, whose patient is Sofia Gunnarsson."""
    newest = NOON.replace(day=24)
    await db.execute(FILL, {"clinic_id": at.clinic_id, "name": name, "count": count, "newest": newest})


async def search(db: AsyncSession, at: Practice, words: str) -> list[str]:
    """Every page of it."""
    page = await queries.load_inbox(db, at.staff, NOON, search=words)
    found = [item.title for item in page.items]
    while page.next:
        page = await queries.load_inbox(db, at.staff, NOON, search=words, before=page.next)
        found += [item.title for item in page.items]
    return found


async def names_found(db: AsyncSession, staff: Actor, words: str | None) -> list[str]:
    """Of patients that are few enough to be shown."""
    page = await queries.find_patients(db, staff, words)
    assert not page.more
    return [item.name for item in page.items]


async def test_search_finds_by_the_beginning_of_any_name(db: AsyncSession) -> None:
    at = await build_practice(db)
    await build_patient(db, at.clinic_id, "Erik Lind")
    assert await search(db, at, "gunn sof") == ["Sofia Gunnarsson"]
    assert await search(db, at, "erik") == []
    assert await search(db, at, "?") == []
    assert await names_found(db, at.staff, "eri") == ["Erik Lind"]
    assert await names_found(db, at.staff, "?") == []


async def test_search_finds_one_behind_all_the_newest(db: AsyncSession) -> None:
    at = await build_practice(db)
    await fill(db, at, "Karl", queries.NEWEST + 1)
    assert await search(db, at, "sofia") == ["Sofia Gunnarsson"]


async def test_search_shows_each_once_page_by_page_newest_first(db: AsyncSession) -> None:
    at = await build_practice(db)
    await fill(db, at, "Karl", 120)
    await fill(db, at, "Sofia", queries.FOUND * 2)
    found = await search(db, at, "sof")
    assert found[0].endswith("Fylld1")
    assert found[-1] == "Sofia Gunnarsson"
    assert Counter(found).most_common(1)[0][1] == 1
    assert len(found) == queries.FOUND * 2 + 1


async def test_search_finds_those_who_are_many_and_far_down(db: AsyncSession) -> None:
    at = await build_practice(db)
    await fill(db, at, "Sofia", FEW + 1)
    await db.execute(text("UPDATE conversations SET last_at = last_at - interval '1 year'"))
    await fill(db, at, "Karl", queries.NEWEST)
    page = await queries.load_inbox(db, at.staff, NOON, search="sofia")
    assert [item.title.split()[0] for item in page.items] == ["Sofia"] * queries.FOUND
    assert page.next is not None
    assert (await search(db, at, "sofia fylld77"))[0] == "Sofia Fylld77"


async def test_another_clinics_names_are_not_found_c1(db: AsyncSession) -> None:
    at, other = await build_practice(db), await build_practice(db)
    await fill(db, other, "Karl", 3)
    assert await search(db, at, "karl") == []
    assert await names_found(db, at.staff, "karl") == []
    assert await search(db, at, "sofia") == ["Sofia Gunnarsson"]


async def test_patients_are_found_by_name_from_the_searched_one_on(db: AsyncSession) -> None:
    at = await build_practice(db)
    for name in ("Anna Sofia Berg", "sofia Äng", "Xerxes Sofia"):
        await build_patient(db, at.clinic_id, name)
    by_name = ["Sofia Gunnarsson", "Xerxes Sofia", "sofia Äng", "Anna Sofia Berg"]
    assert await names_found(db, at.staff, "sofia") == by_name
    await fill(db, at, "Sofia", queries.LOOKED_AT)
    many = await queries.find_patients(db, at.staff, "SOFIA")
    assert many.more
    assert [item.name for item in many.items] == sorted(f"Sofia Fylld{n}" for n in range(1, 101))[: queries.MOST_PATIENTS]
    assert await names_found(db, at.staff, "berg anna") == ["Anna Sofia Berg"]
    everybody = await queries.find_patients(db, at.staff, None)
    assert everybody.items[0].name == "Anna Sofia Berg"
    assert everybody.more


async def test_twenty_patients_are_all_and_a_twenty_first_is_more(db: AsyncSession) -> None:
    at = await build_practice(db)
    await fill(db, at, "Anna", queries.MOST_PATIENTS)
    assert len(await names_found(db, at.staff, "anna")) == queries.MOST_PATIENTS
    await build_patient(db, at.clinic_id, "Anna Berg")
    page = await queries.find_patients(db, at.staff, "anna")
    assert (page.more, len(page.items)) == (True, queries.MOST_PATIENTS)

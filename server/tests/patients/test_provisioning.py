"""Making a patient known, again and again."""

from builders import build_practice
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.patients.actions import add_patient


async def test_adding_a_patient_again_changes_only_what_is_given_d1b(db: AsyncSession) -> None:
    clinic = (await build_practice(db)).clinic_id
    whole = {"has_protected_identity": True, "number": "+46701740605", "has_text_agreement": True, "may_reach_protected": True}
    one = await add_patient(db, clinic, iss="i", sub="s", name="Sofia", **whole)  # type: ignore[arg-type]
    again = await add_patient(db, clinic, iss="i", sub="s", name="Sofia Gunnarsson")
    assert (again.id, again.name) == (one.id, "Sofia Gunnarsson")
    assert {fact: getattr(again, fact) for fact in whole} == whole
    less = await add_patient(db, clinic, iss="i", sub="s", name="Sofia", has_protected_identity=False, number="")
    assert (less.has_protected_identity, less.number, less.has_text_agreement) == (False, None, True)

"""*Bjud in samma personer*: after a call that ended by mistake."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, build_patient
from invitations.conftest import Visit
from sqlalchemy import select, update

from narvaro.calls import actions as call_actions
from narvaro.calls.rules import CallHasEnded, CallOfAnotherStaffMember
from narvaro.clinics.models import Clinic
from narvaro.conversations.actions import start_conversation
from narvaro.invitations import actions, knock_actions
from narvaro.invitations.rules import INVITE_AGAIN_WITHIN, NumberOfPatient
from narvaro.patients.models import Patient
from narvaro.sms.models import TextMessage
from narvaro.sms.rules import SmsCallLimit, SmsTooSoon

SOON = timedelta(minutes=5)
LATER = NOON + SOON


async def call_anew(visit: Visit, after: timedelta = SOON) -> None:
    """The call ends at once, and the next one of the same conversation begins."""
    ended_at = (await visit.see()).placed_at
    await call_actions.end_call(visit.db, visit.at.staff, visit.call_id, now=ended_at)
    call = await call_actions.place_call(visit.db, visit.at.staff, uuid4(), visit.at.conversation_id, now=NOON + after)
    visit.call_id = call.id


async def offered(visit: Visit) -> list[str]:
    return [before.number_tail for before in (await visit.see()).invited_before]


async def texted(visit: Visit) -> list[str]:
    return [text.number[-4:] for text in await visit.db.scalars(select(TextMessage).order_by(TextMessage.created_at))]


async def test_the_next_call_names_those_of_the_last_and_invites_them_with_one_press(visit: Visit) -> None:
    _, token = await visit.invite(role="interpreter", language="en")
    guest = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    await visit.invite(number="070-174 06 13")
    assert (await visit.see()).invited_before == []
    await call_anew(visit)
    amira, other = sorted((await visit.see()).invited_before, key=lambda before: before.number_tail)
    assert (amira.name, amira.role, amira.language, amira.number_tail) == ("Amira Tolk", "interpreter", "en", "0612")
    assert (other.name, other.role, other.language, other.number_tail) == (None, None, "sv", "0613")
    await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)
    seen = await visit.see()
    assert {(each.number_tail, each.role, each.language, each.state) for each in seen.invitations} == {
        ("0612", "interpreter", "en", "queued"),
        ("0613", None, "sv", "queued"),
    }
    assert seen.invited_before == []


async def test_pressing_twice_sends_once(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit)
    for _ in range(2):
        await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)
    assert await texted(visit) == ["0612", "0612"]


async def test_the_invitation_is_a_new_one_and_whoever_it_brings_knocks_again(visit: Visit) -> None:
    await visit.come_in()
    await call_anew(visit)
    await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)
    token = await visit.link((await visit.see()).invitations[0].id, now=LATER)
    await visit.knock(token, now=LATER + timedelta(seconds=9))
    assert (await visit.see()).invitations[0].state == "waiting"


async def test_nobody_who_was_put_out_or_turned_away_is_offered(visit: Visit) -> None:
    db, staff = visit.db, visit.at.staff
    revoked, _ = await visit.invite(number="070-174 06 12")
    _, refused = await visit.invite(number="070-174 06 13")
    _, removed = await visit.invite(number="070-174 06 14")
    await visit.invite(number="070-174 06 15")
    await actions.revoke(db, staff, revoked, now=NOON)
    await knock_actions.refuse(db, staff, (await visit.knock(refused, "Fel Person")).id, now=NOON)
    guest = await visit.knock(removed, "Gunnar Gäst")
    await knock_actions.admit(db, staff, guest.id, now=NOON)
    await knock_actions.remove(db, staff, guest.id, now=NOON)
    await call_anew(visit)
    assert await offered(visit) == ["0615"]
    await actions.invite_again(db, staff, visit.call_id, now=LATER)
    assert (await texted(visit))[4:] == ["0615"]


async def test_a_call_in_between_that_nobody_answered_changes_nothing(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit, timedelta(minutes=1))
    await call_anew(visit, timedelta(minutes=2))
    assert await offered(visit) == ["0612"]


async def test_only_the_last_call_that_invited_anybody_counts(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit, timedelta(minutes=1))
    await visit.invite(number="070-174 06 13", now=NOON + timedelta(minutes=1))
    await call_anew(visit, timedelta(minutes=2))
    assert await offered(visit) == ["0613"]


async def test_whoever_was_revoked_and_invited_anew_is_offered_once(visit: Visit) -> None:
    invitation_id, _ = await visit.invite()
    await actions.revoke(visit.db, visit.at.staff, invitation_id, now=NOON)
    await visit.invite(now=NOON + timedelta(minutes=2))
    await call_anew(visit)
    assert await offered(visit) == ["0612"]


async def test_the_latest_word_about_a_number_counts(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit, timedelta(minutes=2))
    again, _ = await visit.invite(now=NOON + timedelta(minutes=2))
    await actions.revoke(visit.db, visit.at.staff, again, now=NOON + timedelta(minutes=3))
    assert await offered(visit) == [], "revoked in this call"
    await call_anew(visit, timedelta(minutes=4))
    assert await offered(visit) == [], "revoked in the one before"


@pytest.mark.parametrize(("longer", "tails"), [(timedelta(0), ["0612"]), (timedelta(seconds=1), [])])
async def test_only_a_call_that_has_just_ended_counts(visit: Visit, longer: timedelta, tails: list[str]) -> None:
    await visit.invite()
    await call_anew(visit, INVITE_AGAIN_WITHIN + longer)
    assert await offered(visit) == tails


async def test_another_conversation_has_other_persons(visit: Visit) -> None:
    await visit.invite()
    await call_actions.end_call(visit.db, visit.at.staff, visit.call_id, now=NOON)
    other = await build_patient(visit.db, visit.at.clinic_id, "Karl Johansson")
    conversation_id = await start_conversation(visit.db, visit.at.staff, other.id, now=NOON)
    call = await call_actions.place_call(visit.db, visit.at.staff, uuid4(), conversation_id, now=LATER)
    visit.call_id = call.id
    assert await offered(visit) == []


async def test_the_limits_hold_for_all_or_none_b8(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit, timedelta(seconds=30))
    with pytest.raises(SmsTooSoon):
        await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=NOON + timedelta(seconds=40))


async def test_the_calls_limit_holds_b8(visit: Visit) -> None:
    for tail in ("12", "13"):
        await visit.invite(number=f"070-174 06 {tail}")
    await call_anew(visit)
    await visit.db.execute(update(Clinic).values(sms_per_call=1))
    with pytest.raises(SmsCallLimit):
        await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)


async def test_a_number_is_looked_at_anew(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit)
    await visit.db.execute(update(Patient).values(number="+46701740612"))
    with pytest.raises(NumberOfPatient):
        await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)


async def test_only_those_who_hold_the_call_invite_and_only_staff_see_whom(visit: Visit) -> None:
    await visit.invite()
    await call_anew(visit)
    with pytest.raises(CallOfAnotherStaffMember):
        await actions.invite_again(visit.db, visit.at.colleague, visit.call_id, now=LATER)
    assert (await visit.see(visit.at.patient)).invited_before == []
    await call_actions.end_call(visit.db, visit.at.staff, visit.call_id, now=LATER)
    assert await offered(visit) == []
    with pytest.raises(CallHasEnded):
        await actions.invite_again(visit.db, visit.at.staff, visit.call_id, now=LATER)

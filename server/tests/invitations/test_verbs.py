"""What can be done to invitations and knocks, in order and against each other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, build_practice
from invitations.conftest import NUMBER, Visit
from sqlalchemy import select, update

from narvaro.audit.models import AuditEntry
from narvaro.calls import actions as call_actions
from narvaro.calls import attendance_actions, ring_actions
from narvaro.calls.rules import CallHasEnded, CallOfAnotherStaffMember, LastStaffMember
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.errors import NotFound
from narvaro.invitations import actions, knock_actions
from narvaro.invitations.models import Knock
from narvaro.invitations.queries import find_link, load_guest
from narvaro.invitations.rules import (
    KNOCKS_PER_INVITATION,
    LINK_LIVES_FOR,
    AlreadyInCall,
    InvitationRevoked,
    KnockDecided,
    LinkDead,
    NameTaken,
    NumberAlreadyInvited,
    NumberOfPatient,
)
from narvaro.invitations.schemas import NewInvitation
from narvaro.invitations.texts import compose_invitation
from narvaro.patients.models import Patient
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import Stationery

PHONE = "phone-0001"


async def test_an_invitation_makes_its_text_and_its_entry_and_no_number_is_in_the_log(visit: Visit) -> None:
    invitation_id, _ = await visit.invite(role="interpreter")
    text = (await visit.db.scalars(select(TextMessage))).one()
    assert (text.object_id, text.number, text.status) == (invitation_id, "+46701740612", "queued")
    shown = (await visit.see()).invitations[0]
    assert (shown.id, shown.state, shown.role, shown.number_tail) == (invitation_id, "queued", "interpreter", "0612")
    assert await visit.kinds() == ["guest_invited"]
    assert (await visit.see(visit.at.patient)).invitations == []


async def test_an_english_invitation_has_an_english_text_and_page(visit: Visit) -> None:
    _, token = await visit.invite(language="en")
    text = (await visit.db.scalars(select(TextMessage))).one()
    composed = await compose_invitation(visit.db, text, Stationery("https://vard.example", "s" * 32))
    assert composed is not None
    assert composed.words.startswith("Region Testköping invites you to a video call now: https://vard.example/g#")
    assert (await visit.see()).invitations[0].language == "en"
    assert (await find_link(visit.db, token, now=NOON)).invitation.language == "en"
    assert (await load_guest(visit.db, await visit.knock(token))).language == "en"


async def test_inviting_with_the_same_id_again_changes_nothing(visit: Visit) -> None:
    new = NewInvitation(id=uuid4(), number=NUMBER)
    for _ in range(2):
        await actions.invite(visit.db, visit.at.staff, visit.call_id, [new], now=NOON)
    assert len((await visit.see()).invitations) == 1
    assert len(list(await visit.db.scalars(select(TextMessage)))) == 1


async def test_a_number_is_invited_once_until_it_is_revoked(visit: Visit) -> None:
    invitation_id, _ = await visit.invite()
    with pytest.raises(NumberAlreadyInvited):
        await visit.invite(number="+46 70 174 06 12")
    await actions.revoke(visit.db, visit.at.staff, invitation_id, now=NOON)
    await visit.invite(now=NOON + timedelta(minutes=2))
    assert [each.state for each in (await visit.see()).invitations] == ["revoked", "queued"]


async def test_the_patients_own_number_is_not_invited(visit: Visit) -> None:
    await visit.db.execute(update(Patient).values(number="+46701740612"))
    with pytest.raises(NumberOfPatient):
        await visit.invite()


async def test_a_check_names_what_stands_in_the_way(visit: Visit) -> None:
    fine = await actions.check_number(visit.db, visit.at.staff, visit.call_id, NUMBER, now=NOON)
    assert (fine.number, fine.region, fine.problem) == ("+46701740612", "SE", None)
    await visit.invite()
    again = await actions.check_number(visit.db, visit.at.staff, visit.call_id, NUMBER, now=NOON)
    assert again.problem == "number-already-invited"
    assert (
        await actions.check_number(visit.db, visit.at.staff, visit.call_id, "070-12", now=NOON)
    ).problem == "number-too-short"
    abroad = await actions.check_number(visit.db, visit.at.staff, visit.call_id, "+49 1512 3456789", now=NOON)
    assert (abroad.region, abroad.problem) == ("DE", "number-country-not-allowed")


async def test_a_knock_waits_for_staff_who_see_name_role_and_digits(visit: Visit) -> None:
    _, token = await visit.invite(role="relative", now=utc_now())
    await visit.knock(token, role="interpreter", now=utc_now())
    waiting = (await visit.see()).knocks[0]
    assert (waiting.name, waiting.role, waiting.said_role) == ("Amira Tolk", "relative", "interpreter")
    assert (waiting.number_tail, waiting.is_first_device) == ("0612", True)
    assert (await visit.see(visit.at.patient)).knocks == []


async def test_an_admitted_guest_has_a_seat_and_sees_the_call_and_no_other(visit: Visit) -> None:
    _, token = await visit.invite()
    guest = await visit.knock(token)
    with pytest.raises(NotFound):
        await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
    await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
    seen = await visit.see(guest)
    assert [(seat.kind, seat.name, seat.invited_by_name) for seat in seen.attendances] == [
        ("guest", "Amira Tolk", "Selma Testkvist")
    ]
    assert (seen.ring, seen.invitations, seen.knocks) == (None, [], [])
    assert (await visit.see()).invitations[0].state == "in_call"
    assert await visit.kinds() == ["guest_invited", "guest_knocked", "guest_entered"]


async def test_a_refused_guest_gets_nowhere_and_is_told(visit: Visit) -> None:
    _, token = await visit.invite()
    guest = await visit.knock(token)
    await knock_actions.refuse(visit.db, visit.at.staff, guest.id, now=NOON)
    assert (await load_guest(visit.db, guest)).status == "refused"
    with pytest.raises(KnockDecided):
        await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    with pytest.raises(NotFound):
        await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)


async def test_a_removed_guest_cannot_come_back_and_the_link_is_dead_a3(visit: Visit) -> None:
    _, token = await visit.invite()
    guest = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    _, seat = await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
    _, gone = await knock_actions.remove(visit.db, visit.at.staff, guest.id, now=NOON)
    assert gone == [seat.identity]
    with pytest.raises(NotFound):
        await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
    with pytest.raises(LinkDead):
        await visit.knock(token, "Amira Igen")


async def test_revoking_puts_out_whoever_came_by_it_b6(visit: Visit) -> None:
    invitation_id, token = await visit.invite()
    inside = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, inside.id, now=NOON)
    waiting = await visit.knock(token, "En Annan")
    _, gone = await actions.revoke(visit.db, visit.at.staff, invitation_id, now=NOON)
    assert len(gone) == 1
    assert (await load_guest(visit.db, inside)).status == "removed"
    assert (await load_guest(visit.db, waiting)).status == "refused"
    with pytest.raises(LinkDead):
        await visit.knock(token, "En Tredje")
    with pytest.raises(InvitationRevoked):
        await actions.send_again(visit.db, visit.at.staff, invitation_id, now=NOON + timedelta(minutes=5))


async def test_a_second_browser_knocks_for_itself_and_staff_see_it_b4(visit: Visit) -> None:
    _, token = await visit.invite(now=utc_now())
    first = await visit.knock(token, now=utc_now())
    assert await visit.knock(token, "Amira Tolk", browser=first, now=utc_now()) == first
    second = await visit.knock(token, "Någon Annan", now=utc_now())
    assert second.id != first.id
    assert [knock.is_first_device for knock in (await visit.see()).knocks] == [True, False]


async def test_a_refused_second_browser_does_not_hide_the_first_that_is_in(visit: Visit) -> None:
    _, token = await visit.invite()
    inside = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, inside.id, now=NOON)
    second = await visit.knock(token, "Någon Annan", now=NOON + timedelta(seconds=5))
    await knock_actions.refuse(visit.db, visit.at.staff, second.id, now=NOON)
    assert (await visit.see()).invitations[0].state == "in_call"


async def test_a_guest_who_comes_back_is_still_the_interpreter(visit: Visit) -> None:
    _, token = await visit.invite(role="interpreter")
    guest = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    await attendance_actions.leave_call(visit.db, guest, visit.call_id, now=NOON)
    await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
    seat = (await visit.see()).attendances[-1]
    assert (seat.role, seat.invited_by_name, seat.knock_id) == ("interpreter", "Selma Testkvist", guest.id)


async def test_a_link_is_not_for_a_crowd(visit: Visit) -> None:
    _, token = await visit.invite()
    for number in range(KNOCKS_PER_INVITATION):
        await visit.knock(token, f"Person {number}")
    with pytest.raises(LinkDead):
        await visit.knock(token, "En till")


@pytest.mark.parametrize("name", ["Selma Testkvist", "selma testkvist (Du)", "Sofia Gunnarsson"])
async def test_a_guest_takes_nobodys_name_b9(visit: Visit, name: str) -> None:
    _, token = await visit.invite()
    with pytest.raises(NameTaken):
        await visit.knock(token, name)


async def test_links_die_with_their_call_and_with_their_day_b6(visit: Visit) -> None:
    invitation_id, token = await visit.invite()
    old = await visit.link(invitation_id, now=NOON - LINK_LIVES_FOR)
    for dead in (old, "unknown"):
        with pytest.raises(LinkDead):
            await knock_actions.open_link(visit.db, dead, now=NOON)
    guest = await visit.knock(token)
    await call_actions.end_call(visit.db, visit.at.staff, visit.call_id, now=NOON)
    assert (await load_guest(visit.db, guest)).status == "ended"
    with pytest.raises(LinkDead):
        await knock_actions.open_link(visit.db, token, now=NOON)
    with pytest.raises(CallHasEnded):
        await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)


@pytest.mark.parametrize(("is_protected", "status"), [(False, "admitted"), (True, "knocking")])
async def test_direct_entry_is_for_the_first_browser_and_no_protected_identity_b4b(
    visit: Visit, *, is_protected: bool, status: str
) -> None:
    await visit.db.execute(update(Clinic).values(guest_admission="direct"))
    await visit.db.execute(update(Patient).values(has_protected_identity=is_protected))
    _, token = await visit.invite()
    first = await visit.knock(token)
    second = await visit.knock(token, "Någon Annan")
    assert (await load_guest(visit.db, first)).status == status
    assert (await load_guest(visit.db, second)).status == "knocking"


async def test_nobody_finds_out_a_protected_name_by_trying_it_d1b(visit: Visit) -> None:
    await visit.db.execute(update(Patient).values(has_protected_identity=True))
    _, token = await visit.invite()
    with pytest.raises(NameTaken):
        await visit.knock(token, "patienten")
    assert (await visit.knock(token, visit.at.patient.name)).name == visit.at.patient.name


async def test_a_guest_does_not_learn_a_protected_name_d1b(visit: Visit) -> None:
    await visit.db.execute(update(Patient).values(has_protected_identity=True))
    guest = await visit.come_in()
    ring_id = (await visit.see()).ring.id  # type: ignore[union-attr]
    await ring_actions.answer_ring(visit.db, visit.at.patient, ring_id, device_id=PHONE, now=NOON)
    seen = await visit.see(guest)
    assert seen.patient_name == "Patienten"
    assert {seat.name for seat in seen.attendances} == {"Amira Tolk", "Patienten"}


async def test_staff_read_that_a_link_was_opened_or_declined(visit: Visit) -> None:
    _, token = await visit.invite()
    await knock_actions.open_link(visit.db, token, now=NOON + timedelta(seconds=5))
    assert (await visit.see()).invitations[0].state == "opened"
    await knock_actions.decline_link(visit.db, token, now=NOON + timedelta(seconds=9))
    assert (await visit.see()).invitations[0].state == "declined"


async def test_a_colleague_asks_is_let_in_and_may_leave_while_another_is_there(visit: Visit) -> None:
    colleague = visit.at.colleague
    await attendance_actions.join_call(visit.db, visit.at.staff, visit.call_id, device_id="desk-00001", now=NOON)
    with pytest.raises(CallOfAnotherStaffMember):
        await attendance_actions.join_call(visit.db, colleague, visit.call_id, device_id="desk-00002", now=NOON)
    knock = await knock_actions.ask_to_join(visit.db, colleague, visit.call_id, now=NOON)
    assert (await knock_actions.ask_to_join(visit.db, colleague, visit.call_id, now=NOON)).id == knock.id
    await knock_actions.admit(visit.db, visit.at.staff, knock.id, now=NOON)
    await attendance_actions.join_call(visit.db, colleague, visit.call_id, device_id="desk-00002", now=NOON)
    with pytest.raises(AlreadyInCall):
        await knock_actions.ask_to_join(visit.db, colleague, visit.call_id, now=NOON)
    await attendance_actions.leave_call(visit.db, visit.at.staff, visit.call_id, now=NOON)
    with pytest.raises(LastStaffMember):
        await attendance_actions.leave_call(visit.db, colleague, visit.call_id, now=NOON)
    await call_actions.end_call(visit.db, colleague, visit.call_id, now=NOON)


async def test_nobody_lets_themselves_in(visit: Visit) -> None:
    knock = await knock_actions.ask_to_join(visit.db, visit.at.colleague, visit.call_id, now=NOON)
    with pytest.raises(CallOfAnotherStaffMember):
        await knock_actions.admit(visit.db, visit.at.colleague, knock.id, now=NOON)


async def test_another_clinics_staff_find_neither_call_nor_knock_nor_invitation_c3(visit: Visit) -> None:
    invitation_id, token = await visit.invite()
    guest = await visit.knock(token)
    stranger = (await build_practice(visit.db)).staff
    for attempt in (
        actions.invite(visit.db, stranger, visit.call_id, [], now=NOON),
        actions.invite_again(visit.db, stranger, visit.call_id, now=NOON),
        actions.send_again(visit.db, stranger, invitation_id, now=NOON),
        actions.revoke(visit.db, stranger, invitation_id, now=NOON),
        knock_actions.ask_to_join(visit.db, stranger, visit.call_id, now=NOON),
        knock_actions.admit(visit.db, stranger, guest.id, now=NOON),
        knock_actions.refuse(visit.db, stranger, guest.id, now=NOON),
        knock_actions.remove(visit.db, stranger, guest.id, now=NOON),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_everything_leaves_its_row_in_the_access_log_d1(visit: Visit) -> None:
    invitation_id, token = await visit.invite()
    await knock_actions.open_link(visit.db, token, now=NOON)
    guest = await visit.knock(token)
    await knock_actions.admit(visit.db, visit.at.staff, guest.id, now=NOON)
    await actions.send_again(visit.db, visit.at.staff, invitation_id, now=NOON + timedelta(minutes=2))
    await knock_actions.remove(visit.db, visit.at.staff, guest.id, now=NOON)
    logged = list(await visit.db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert logged[-6:] == [
        "invitation.send",
        "invitation.open",
        "call.knock",
        "call.admit",
        "invitation.resend",
        "call.remove",
    ]
    assert (await visit.db.scalars(select(Knock.decided_by))).one() == visit.at.staff.id

"""A clinic's administrator reads the access log and looks through the month's spot-check, in a browser (D2)."""

import re
from datetime import timedelta

from e2e.support import Stage, post_json
from e2e.test_looks import Inspector, inspector
from playwright.sync_api import Page, expect

from narvaro.clock import utc_now

__all__ = ["inspector"]

LAST_MONTH = """
INSERT INTO audit_entries (at, clinic_id, actor_kind, actor_id, action, patient_id)
SELECT date_trunc('month', now()) - interval '10 days' + n * interval '1 minute', s.clinic_id, 'staff', s.id,
       'conversation.open', p.id
FROM generate_series(1, 60) n, staff_members s JOIN patients p ON p.clinic_id = s.clinic_id AND p.name = 'Erik Lind'
WHERE s.name = 'Selma Testkvist'
"""
"""Sixty accesses that nobody has made: more than a page, and more than a sample."""


def test_an_administrator_finds_who_opened_what_d2(stage: Stage, inspector: Inspector) -> None:
    staff = stage.staff()
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    expect(staff.get_by_role("textbox", name="Skriv ett meddelande")).to_be_visible()
    administrator = stage.staff("Anna Lindqvist")
    administrator.get_by_role("button", name="Anna Lindqvist").click()
    administrator.get_by_role("menuitem", name="Åtkomstlogg").click()
    rows = administrator.get_by_role("list", name="Åtkomster, nyaste först").get_by_role("listitem")
    expect(rows.filter(has_text="Öppnade ärendet").filter(has_text="Selma Testkvist (vårdpersonal)").first).to_be_visible()
    inspector.look(administrator, "access log")
    administrator.get_by_label("Vem").select_option("Selma Testkvist")
    administrator.get_by_label("Vad").select_option("Öppnade ärendet")
    administrator.get_by_role("searchbox", name="Patient").fill("Sof")
    administrator.get_by_role("button", name="Sofia Gunnarsson").click()
    administrator.get_by_role("button", name="Visa", exact=True).click()
    expect(rows.first).to_contain_text("Patient: Sofia Gunnarsson")
    for row in rows.all():
        expect(row).to_have_text(re.compile("Öppnade ärendet.*Selma Testkvist.*Sofia Gunnarsson"))
    inspector.look(administrator, "access log by person patient and action")
    administrator.get_by_label("Vad").select_option("Tog ut loggutdrag")
    administrator.get_by_role("button", name="Visa", exact=True).click()
    expect(administrator.get_by_text("Ingen åtkomst hittades")).to_be_visible()
    inspector.look(administrator, "access log with nothing in it")
    administrator.get_by_label("Vem").select_option("Anna Lindqvist")
    administrator.get_by_label("Vad").select_option("Läste åtkomstloggen")
    administrator.get_by_role("button", name="Ta bort Sofia Gunnarsson").click()
    administrator.get_by_role("button", name="Visa", exact=True).click()
    expect(rows.first).to_contain_text("Läste åtkomstloggen")


def test_a_month_is_drawn_looked_through_and_marked_as_reviewed_d2(stage: Stage, inspector: Inspector) -> None:
    stage.demo.execute(LAST_MONTH)
    page = stage.staff("Anna Lindqvist")
    page.goto("/staff/testkoping/access-log")
    page.get_by_role("navigation", name="Åtkomstlogg").get_by_role("link", name="Stickprov").click()
    expect(page.get_by_text("Inget stickprov har dragits än")).to_be_visible()
    inspector.look(page, "no spot-check yet")
    page.get_by_role("button", name=re.compile("Dra stickprov för ")).click()
    rows = page.get_by_role("list", name="Dragna åtkomster").get_by_role("listitem")
    expect(rows).to_have_count(25)
    expect(page.get_by_text("25 av 60 åtkomster")).to_be_visible()
    inspector.look(page, "spot-check")
    page.get_by_role("button", name="Markera som granskat").click()
    expect(page.get_by_role("button", name="Markera som granskat")).to_be_visible()
    page.get_by_role("textbox", name="Anteckning om granskningen").fill("Alla hade vårdrelation.\nInget att anmärka.")
    page.get_by_role("button", name="Markera som granskat").click()
    expect(page.get_by_role("heading", name=re.compile("^Granskat .* av Anna Lindqvist"))).to_be_visible()
    inspector.look(page, "spot-check reviewed")
    page.reload()
    expect(page.get_by_text("Inget att anmärka.")).to_be_visible()
    expect(rows).to_have_count(25)
    page.get_by_role("navigation", name="Åtkomstlogg").get_by_role("link", name="Stickprov").click()
    expect(page.get_by_text("Granskat av Anna Lindqvist")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Dra stickprov"))).to_have_count(0)
    inspector.look(page, "spot-checks")
    all_pages_of_the_month(page)


def all_pages_of_the_month(page: Page) -> None:
    """By keyboard: the period, then page after page."""
    page.get_by_role("navigation", name="Åtkomstlogg").get_by_role("link", name="Logg").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Från och med").fill("2020-01-01")
    page.get_by_label("Till och med").fill((utc_now().replace(day=1) - timedelta(days=1)).date().isoformat())
    page.get_by_label("Vad").select_option("Öppnade ärendet")
    page.get_by_role("button", name="Visa", exact=True).press("Enter")
    rows = page.get_by_role("list", name="Åtkomster, nyaste först").get_by_role("listitem")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Visa fler rader").press("Enter")
    expect(page.get_by_role("button", name="Visa fler rader")).to_have_count(0)
    expect(rows).to_have_count(60)


def test_for_other_staff_the_log_is_not_there_c3(stage: Stage) -> None:
    staff = stage.staff()
    staff.get_by_role("button", name="Selma Testkvist").click()
    expect(staff.get_by_role("menuitem", name="Logga ut")).to_be_visible()
    expect(staff.get_by_role("menuitem", name="Åtkomstlogg")).to_have_count(0)
    staff.goto("/staff/testkoping/access-log")
    expect(staff.get_by_role("heading", name="Ärenden")).to_be_visible()
    expect(staff.get_by_role("heading", name="Åtkomstlogg")).to_have_count(0)
    assert post_json(staff, "/api/staff/audit", None, "GET")["status"] == 404

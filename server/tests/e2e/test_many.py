"""Many in one call: everybody sees everybody, and whoever comes disturbs nobody."""

import itertools
from collections.abc import Iterator

import pytest
from e2e.crowd import TEN_A_SECOND, Uninterrupted, bring_in, bring_in_colleague, expect_to_hear, expect_to_see, talk_of_two
from e2e.guests import panel
from e2e.support import Stage, expect_growth, expect_no_growth, expect_remote_picture, launch, statistic, wait_until
from playwright.sync_api import Browser, Page, Playwright, expect

SELMA, SOFIA, ANNA = "Selma Testkvist", "Sofia Gunnarsson", "Anna Lindqvist"
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
OF_300_MS = 3
"""Pictures at ten a second."""


@pytest.fixture(scope="module")
def light(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright, "--use-fake-ui-for-media-stream", TEN_A_SECOND)
    yield browser
    browser.close()


@pytest.fixture
def crowd(stage: Stage, light: Browser) -> Stage:
    """Everybody's browsers have cameras that cost little, and are not filmed."""
    stage.browser, stage.is_traced = light, False
    return stage


def test_four_see_and_hear_each_other_and_the_two_who_came_stopped_nobodys_picture(crowd: Stage) -> None:
    """For the two who were there: same tracks, same elements, and not 300 ms of pictures missing of those that were sent."""
    window, patient = talk_of_two(crowd)
    running = (Uninterrupted(window, patient, SELMA), Uninterrupted(patient, window, SOFIA))
    pages = {SELMA: window, SOFIA: patient}
    for name in ("Amira Tolk", "Bertil Son"):
        pages[name] = bring_in(crowd, window, name)
    for name, page in pages.items():
        expect_to_see(page, [other for other in pages if other != name])
        expect_to_hear(page, len(pages) - 1)
    for each in running:
        assert each.lost() <= OF_300_MS
    assert crowd.foreign_hosts() == set()


def test_six_see_and_hear_each_other_on_a_desktop_and_320_pixels_wide(crowd: Stage) -> None:
    window, patient = talk_of_two(crowd)
    window.set_viewport_size({"width": 1440, "height": 900})
    patient.set_viewport_size({"width": 320, "height": 640})
    pages = {SELMA: window, SOFIA: patient, ANNA: bring_in_colleague(crowd, window, ANNA)}
    for name in ("Amira Tolk", "Bertil Son", "Cecilia Dotter"):
        pages[name] = bring_in(crowd, window, name)
    for name, page in pages.items():
        expect_to_see(page, [other for other in pages if other != name])
        expect_to_hear(page, len(pages) - 1)
    for page in (window, patient):
        expect_whole_grid_of(page, len(pages))


def expect_whole_grid_of(page: Page, count: int) -> None:
    """Every tile whole on the screen, none over another, nothing to scroll."""
    tiles = page.get_by_test_id("person").or_(page.get_by_test_id("own-picture"))
    expect(tiles).to_have_count(count)
    boxes = [box for tile in tiles.all() if (box := tile.bounding_box())]
    assert len(boxes) == count
    size = page.viewport_size
    assert size is not None
    for box in boxes:
        assert 0 <= box["x"] <= size["width"] - box["width"] + 0.5
        assert 0 <= box["y"] <= size["height"] - box["height"] + 0.5
        assert min(box["width"], box["height"]) >= 64
    for one, other in itertools.combinations(boxes, 2):
        is_beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        assert is_beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    assert page.evaluate(OVERFLOW) == 0


def stands_still(page: Page) -> bool:
    before = statistic(page, "inbound-rtp", "video", "bytesReceived")
    page.wait_for_timeout(500)
    return statistic(page, "inbound-rtp", "video", "bytesReceived") == before


def test_what_a_panel_covers_on_a_phone_is_not_sent_and_the_sound_goes_on(crowd: Stage) -> None:
    window, patient = talk_of_two(crowd)
    covering = panel(patient)
    wait_until(patient, lambda: stands_still(patient), "no more pictures arrive")
    expect_no_growth(patient, "inbound-rtp", "video", "bytesReceived")
    expect_growth(patient, "inbound-rtp", "audio", "bytesReceived")
    covering.get_by_role("button", name="Stäng panelen").click()
    expect_remote_picture(patient)
    panel(window)
    expect_remote_picture(window)

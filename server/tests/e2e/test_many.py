"""Many in one call: everybody sees everybody, and whoever comes disturbs nobody."""

from collections.abc import Iterator

import pytest
from e2e.crowd import TEN_A_SECOND, Uninterrupted, bring_in, expect_to_hear, expect_to_see, talk_of_two
from e2e.support import Stage, launch
from playwright.sync_api import Browser, Playwright

SELMA, SOFIA = "Selma Testkvist", "Sofia Gunnarsson"
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

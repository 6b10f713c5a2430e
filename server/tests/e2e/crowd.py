"""Many in one call: whose picture arrives where, in which size, and whether it ever stood still."""

from typing import Any

from e2e.guests import invite, link_of, numbers, open_link
from e2e.support import Stage, accept, expect_remote_picture, start_call, wait_until
from playwright.sync_api import Page, expect

TEN_A_SECOND = "--use-fake-device-for-media-stream=device-count=1,fps=10"
"""Six real senders fit on two cores."""

PICTURES = """
async () => {
    const rows = [];
    for (const peer of window.peersForTest) {
        if (peer.connectionState === "closed") continue;
        const found = [...(await peer.getStats()).values()];
        rows.push(...found.filter((row) => row.type === "inbound-rtp" && row.kind === "video"));
    }
    const tiles = [...document.querySelectorAll('[data-testid="person"], [data-testid="screen"]')];
    return Object.fromEntries(tiles.map((tile) => {
        const video = tile.querySelector("video");
        const track = video?.srcObject?.getVideoTracks()[0];
        const row = rows.find((one) => one.trackIdentifier === track?.id);
        if (video) video.numberForTest ??= window.videosForTest = (window.videosForTest ?? 0) + 1;
        return [tile.querySelector("figcaption").innerText.split(" · ")[0].trim(), {
            track: track?.id, element: video?.numberForTest,
            decoded: row?.framesDecoded ?? 0, received: row?.framesReceived ?? 0,
            width: row?.frameWidth ?? 0, height: row?.frameHeight ?? 0,
        }];
    }));
}
"""
"""From the name that a viewer reads on a tile to what WebRTC counts of the track that the tile plays."""

SOUNDS = """
async () => {
    const found = {};
    for (const peer of window.peersForTest) {
        if (peer.connectionState === "closed") continue;
        for (const row of (await peer.getStats()).values())
            if (row.type === "inbound-rtp" && row.kind === "audio") found[row.trackIdentifier] = row.totalAudioEnergy ?? 0;
    }
    return found;
}
"""


SENT = """
async () => {
    let sent = 0;
    for (const peer of window.peersForTest) {
        if (peer.connectionState === "closed") continue;
        for (const row of (await peer.getStats()).values())
            if (row.type === "outbound-rtp" && row.kind === "video") sent = Math.max(sent, row.framesEncoded ?? 0);
    }
    return sent;
}
"""
"""Of the camera's layers the lowest is always on, and so the one with the most pictures."""


def sent_pictures(page: Page) -> int:
    return int(page.evaluate(SENT))


def pictures(page: Page) -> dict[str, dict[str, Any]]:
    """By the name on the tile."""
    return dict(page.evaluate(PICTURES))


def expect_to_see(page: Page, names: list[str]) -> None:
    """Each of them is decoded here, and nobody else."""
    wait_until(page, lambda: set(pictures(page)) == set(names), f"tiles of {names}")
    before = pictures(page)
    wait_until(
        page,
        lambda: all(now["decoded"] > before[name]["decoded"] for name, now in pictures(page).items()),
        f"new pictures of {names}",
        30_000,
    )


def expect_to_hear(page: Page, count: int) -> None:
    """So many others, each with energy in what is played."""
    before: dict[str, float] = page.evaluate(SOUNDS)

    def have_grown() -> bool:
        now: dict[str, float] = page.evaluate(SOUNDS)
        return sum(energy > before.get(track, 0) for track, energy in now.items()) >= count

    wait_until(page, have_grown, f"sound of {count} others", 30_000)


def talk_of_two(stage: Stage) -> tuple[Page, Page]:
    """→ (staff's call window, patient), seeing each other."""
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    return window, patient


def bring_in(stage: Stage, window: Page, name: str) -> Page:
    """A guest by SMS, knock and admission → their page."""
    number = next(numbers)
    invite(window, number)
    guest = open_link(stage, link_of(stage, number), name)
    window.get_by_role("button", name=f"Släpp in {name}").first.click()
    expect(guest.get_by_role("button", name="Lämna samtalet")).to_be_visible()
    return guest


def bring_in_colleague(stage: Stage, window: Page, name: str) -> Page:
    """Asks from the conversation and is let in → their call window."""
    inbox = stage.staff(name)
    inbox.get_by_role("link", name="Sofia Gunnarsson").click()
    inbox.get_by_role("button", name="Be att få vara med").click()
    window.get_by_role("button", name=f"Släpp in {name}").first.click()
    with inbox.expect_popup() as popup:
        inbox.get_by_role("button", name="Gå till samtalet").click()
    return popup.value


class Uninterrupted:
    """Counts which of a sender's pictures never reached the other side, from here on.

    Counted and not timed: a machine that is slow sends fewer pictures, a call that is interrupted loses some of those sent.
    """

    def __init__(self, sender: Page, receiver: Page, name: str) -> None:
        self._pages, self._name = (sender, receiver), name
        tile = pictures(receiver)[name]
        self._place = (tile["track"], tile["element"])
        self._received, self._sent = tile["received"], sent_pictures(sender)

    def lost(self) -> int:
        """Raises AssertionError when the track or the element is another one."""
        sender, receiver = self._pages
        sent = sent_pictures(sender) - self._sent
        tile = pictures(receiver)[self._name]
        assert (tile["track"], tile["element"]) == self._place
        received = tile["received"] - self._received
        return int(sent - received)

"""Real Chromium with a fake camera and microphone, on this machine or at the far end of a line, and the floor's page for it."""

import asyncio
import gzip
import json
import mimetypes
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.link import Link
from bench.people import Person
from bench.product import Product, livekit_configuration
from narvaro.demo.livekit import find_livekit
from narvaro.demo.run import answers
from narvaro.media import MediaRights
from narvaro.media.livekit import LiveKit

HERE = Path(__file__).parent
WEB = HERE.parent / "web"
FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
)
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EVERYTHING = MediaRights(sources=("camera", "microphone"), may_subscribe=True)

WATCH = """
const toWall = (at) => performance.timeOrigin + at;
addEventListener("click", (event) => { window.clickedAt = toWall(event.timeStamp); }, true);
window.sending = () => false;
window.firstPicture = new Promise((resolve) => {
    const colourOf = async (frame) => {
        const rect = { x: 0, y: 0, width: 32, height: 32 };
        const bytes = new Uint8Array(frame.allocationSize({ rect }));
        await frame.copyTo(bytes, { rect });
        return Math.abs(bytes[32 * 32] - 128);
    };
    const watch = async (track) => {
        const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
        for (;;) {
            const { value: frame, done } = await reader.read();
            if (done) return;
            const at = toWall(performance.now());
            const hasColour = frame.codedWidth >= 64 && (await colourOf(frame)) > 32;
            frame.close();
            if (!hasColour) continue;
            resolve(at);
            return reader.cancel();
        }
    };
    const peers = [];
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
        construct(Target, given) {
            const peer = new Target(...given);
            peers.push(peer);
            peer.addEventListener("track", ({ track }) => track.kind === "video" && watch(track));
            return peer;
        },
    });
    window.sending = async () => {
        for (const peer of peers)
            for (const row of (await peer.getStats()).values())
                if (row.type === "outbound-rtp" && row.kind === "video" && row.framesEncoded > 0) return true;
        return false;
    };
});
"""
"""When the person clicked, and when somebody else's first frame was decoded. The fake camera's picture is green: black frames,
which hold a place, do not count."""


@asynccontextmanager
async def chromium(product: Product, *, line: Link | None = None) -> AsyncIterator[Browser]:
    """Wherever the product listens, the browser takes it for 127.0.0.1. `line`: at its far end."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing: bin/test installs it"
    flags = [*FLAGS, f"--host-resolver-rules=MAP 127.0.0.1 {product.host}"]
    if line is not None:
        starter = product.home.data / f"chromium-{line.pid}"
        starter.write_text(f'#!/bin/sh\nexec {" ".join(line.inside(found))} "$@"\n', encoding="utf-8")
        starter.chmod(0o755)
        found = str(starter)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found, args=flags, ignore_default_args=["--disable-popup-blocking"]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def context_of(browser: Browser, product: Product, person: Person | None = None, **options: Any) -> BrowserContext:
    """Signed in, when it is somebody's."""
    options = {"locale": "sv-SE", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
    context = await browser.new_context(base_url=product.origin, **options)
    context.set_default_timeout(20_000)
    await context.add_init_script(WATCH)
    if person is not None:
        name, value = person.headers["Cookie"].split("=", 1)
        await context.add_cookies([{"name": name, "value": value, "url": product.origin}])
    return context


async def first_picture(page: Page) -> float:
    """Wall clock, in seconds."""
    return float(await asyncio.wait_for(page.evaluate("window.firstPicture"), 40)) / 1000


async def clicked(page: Page) -> float:
    return float(await page.evaluate("window.clickedAt")) / 1000


async def until_sending(page: Page) -> None:
    """The page's own picture leaves it."""
    for _ in range(400):
        if await page.evaluate("window.sending()"):
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("A page sends no picture.")


@asynccontextmanager
async def floor_media(product: Product) -> AsyncIterator[LiveKit]:
    """A media server of its own, set up as the product's: that one puts out whom the product does not know."""
    port = product.home.ports.web + 7
    same = livekit_configuration(product.home, product.host)
    configuration = same | {"port": port, "rtc": same["rtc"] | {"udp_port": port + 1}, "webhook": {}}
    await product.start("floor-livekit", [find_livekit(), "--config-body", json.dumps(configuration)], os.environ)
    while not await asyncio.to_thread(answers, f"http://127.0.0.1:{port}/"):
        await asyncio.sleep(0.05)
    secret = product.home.secrets["livekit_api_secret"]
    media = LiveKit(api_url=f"http://127.0.0.1:{port}", url=f"ws://127.0.0.1:{port}", api_key="demo", api_secret=secret)
    try:
        yield media
    finally:
        await media.close()


def floor_address(base: str, media: LiveKit, room: str, identity: str, *, at_once: bool) -> str:
    """The floor's page with a pass of its own; it joins `at_once` or at a click."""
    token = media.join_token(room, identity, name="", kind="staff", rights=EVERYTHING)
    return f"{base}/#" + quote(json.dumps({"url": media.url, "token": token, "atOnce": at_once}))


@asynccontextmanager
async def floor_page(product: Product) -> AsyncIterator[str]:
    """Built from the product's own packages, sent compressed. → its address"""
    built = product.home.data / "floor"
    vite = ["node", str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel", "error"]
    command = [*vite, "--config", str(HERE / "floors" / "page" / "vite.config.js"), "--outDir", str(built)]
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0, "the floor's page could not be built"
    answers = {f"/{path.relative_to(built)}": answer(path) for path in built.rglob("*") if path.is_file()}
    answers["/"] = answers["/index.html"]

    async def show(request: web.Request) -> web.Response:
        body, headers = answers[request.path]
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{rest:.*}", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = product.home.ports.web + 9
    await web.TCPSite(runner, product.host, port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def answer(path: Path) -> tuple[bytes, dict[str, str]]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return gzip.compress(path.read_bytes(), 9), {"Content-Type": kind, "Content-Encoding": "gzip"}

"""The web client's files, as browsers get them."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from litestar import Litestar

from narvaro import pages

SCRIPT = b"export const words = 'words';" * 100


@pytest.fixture
async def http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    assets = tmp_path / "assets"
    (assets / "icons").mkdir(parents=True)
    (assets / "guest-1a2b.js").write_bytes(SCRIPT)
    (assets / "icons" / "app.png").write_bytes(b"a picture")
    (tmp_path / "secret.txt").write_text("not for you")
    monkeypatch.setattr(pages, "ASSETS", assets)
    transport = httpx2.ASGITransport(app=Litestar([pages.show_asset]))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://narvaro.test") as client:
        yield client


async def test_a_script_travels_packed_and_is_kept_for_good(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/assets/guest-1a2b.js", headers={"accept-encoding": "gzip, deflate"})
    assert (answer.status_code, answer.headers["content-encoding"], answer.content) == (200, "gzip", SCRIPT)
    assert int(answer.headers["content-length"]) == len(gzip.compress(SCRIPT, 9)) < len(SCRIPT) / 10
    assert answer.headers["content-type"].startswith("text/javascript")
    assert (answer.headers["vary"], "immutable" in answer.headers["cache-control"]) == ("Accept-Encoding", True)


@pytest.mark.parametrize(("path", "encoding"), [("guest-1a2b.js", "identity"), ("icons/app.png", "gzip")])
async def test_what_cannot_be_packed_or_unpacked_travels_as_it_is(http: httpx2.AsyncClient, path: str, encoding: str) -> None:
    answer = await http.get(f"/assets/{path}", headers={"accept-encoding": encoding})
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, None)
    assert answer.content in {SCRIPT, b"a picture"}


@pytest.mark.parametrize("path", ["nothing.js", "icons", "%2e%2e/secret.txt", "..%2fsecret.txt", "%00"])
async def test_nothing_else_is_given_out_c6(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(f"/assets/{path}")).status_code == 404

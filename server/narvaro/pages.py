"""The built web client: one page per kind of person, and its assets."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from narvaro.clinics.routes import show_manifest

STATIC = Path(__file__).parent / "static"
ASSETS = STATIC / "assets"
PACKED = {".js", ".css", ".svg"}
A_YEAR = 31_536_000


def page(name: str, paths: list[str]) -> HTTPRouteHandler:
    """The shell is public and the same for everybody; who may see what is decided by the API that it calls."""

    @get(paths, media_type="text/html", include_in_schema=False, name=f"{name}-page", sync_to_thread=False)
    def show() -> Response[bytes]:
        file = STATIC / f"{name}.html"
        if not file.is_file():
            raise NotFoundException
        return Response(file.read_bytes(), media_type="text/html")

    return show


@get("/patient/service-worker.js", media_type="text/javascript", include_in_schema=False, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """It lies where its scope is, so no header has to widen it."""
    file = STATIC / "service-worker.js"
    if not file.is_file():
        raise NotFoundException
    return Response(file.read_bytes(), media_type="text/javascript")


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    packed: bytes | None
    media_type: str


@cache
def load_asset(path: Path) -> Asset:
    """Its name holds its content's hash: read and packed once, since nothing else between here and the browser may do it."""
    body = path.read_bytes()
    packed = gzip.compress(body, 9) if path.suffix in PACKED else None
    return Asset(body, packed, mimetypes.guess_type(path.name)[0] or "application/octet-stream")


@get("/assets/{path:path}", include_in_schema=False, sync_to_thread=True)
def show_asset(request: Request[Any, Any, Any], path: FromPath[Path]) -> Response[bytes]:
    if "\0" in str(path):
        raise NotFoundException
    file = (ASSETS / path.relative_to("/")).resolve()
    if not file.is_relative_to(ASSETS.resolve()) or not file.is_file():
        raise NotFoundException
    asset = load_asset(file)
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable", "Vary": "Accept-Encoding"}
    if asset.packed is None or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.body, media_type=asset.media_type, headers=headers)
    return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


def page_routes() -> list[HTTPRouteHandler]:
    routes: list[HTTPRouteHandler] = [
        page(
            "staff",
            [
                "/staff/{clinic:str}",
                "/staff/{clinic:str}/conversations/{id:uuid}",
                "/staff/{clinic:str}/call/{id:uuid}",
                "/staff/{clinic:str}/access-log",
                "/staff/{clinic:str}/spot-checks",
                "/staff/{clinic:str}/spot-checks/{id:uuid}",
            ],
        ),
        page("guest", ["/g"]),
        page(
            "patient",
            [
                "/r",
                "/patient/{clinic:str}",
                "/patient/{clinic:str}/conversations/{id:uuid}",
                "/patient/{clinic:str}/settings",
                "/patient/{clinic:str}/settings/{part:str}",
            ],
        ),
        service_worker,
        show_manifest,
    ]
    if ASSETS.is_dir():
        routes.append(show_asset)
    return routes

"""The built web client: one page per kind of person, and its assets."""

from pathlib import Path

from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.router import Router
from litestar.static_files import create_static_files_router

from narvaro.clinics.routes import show_manifest

STATIC = Path(__file__).parent / "static"
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


def page_routes() -> list[HTTPRouteHandler | Router]:
    routes: list[HTTPRouteHandler | Router] = [
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
    if (STATIC / "assets").is_dir():
        assets = create_static_files_router("/assets", directories=[STATIC / "assets"], include_in_schema=False)
        assets.response_headers = [ResponseHeader(name="Cache-Control", value=f"public, max-age={A_YEAR}, immutable")]
        routes.append(assets)
    return routes

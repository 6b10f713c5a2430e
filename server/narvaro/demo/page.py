"""`/demo`: what to try, and a button for each of the two windows. Only the demo's web process has it."""

from pathlib import Path
from string import Template

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from narvaro.demo.people import SELMA, SOFIA

FILES = Path(__file__).parent / "static"


@get("/demo", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def show_demo() -> str:
    page = Template((FILES / "demo.html").read_text(encoding="utf-8"))
    return page.substitute(staff=SELMA.sign_in_url(""), patient=SOFIA.sign_in_url(""))


@get("/demo/demo.css", include_in_schema=False, sync_to_thread=False)
def show_style() -> Response[str]:
    return Response((FILES / "demo.css").read_text(encoding="utf-8"), media_type="text/css")


@get("/demo/demo.js", include_in_schema=False, sync_to_thread=False)
def show_script() -> Response[str]:
    return Response((FILES / "demo.js").read_text(encoding="utf-8"), media_type="text/javascript")


ROUTES: tuple[HTTPRouteHandler, ...] = (show_demo, show_style, show_script)

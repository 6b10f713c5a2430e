"""The few pages around signing in: small, in Swedish, without scripts."""

from html import escape
from typing import Final

from litestar import MediaType, Response, get
from litestar.datastructures import Cookie

STYLE_PATH: Final = "/pages/sign-in.css"

STYLE: Final = """\
:root { color-scheme: light dark; --surface: #faf8f4; --ink: #17211f; --soft: #53605c; --brand: #0d5b5e; --on-brand: #fff;
  --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --surface: #101715; --ink: #eef2f0; --soft: #a9b6b1; --brand: #6cc5c1; --on-brand: #06211f; --focus: #9cc2ff; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100svh; display: grid; place-items: center; padding: 24px; background: var(--surface);
  color: var(--ink); font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { width: min(100%, 34rem); }
.mark { margin: 0 0 32px; color: var(--brand); font-weight: 700; }
h1 { margin: 0 0 12px; font-size: 1.75rem; line-height: 1.2; text-wrap: balance; }
p { margin: 0 0 24px; color: var(--soft); }
a { display: inline-flex; align-items: center; min-height: 48px; padding: 0 24px; border-radius: 999px;
  background: var(--brand); color: var(--on-brand); font-weight: 700; text-decoration: none; }
a:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
@media (forced-colors: active) { a { border: 1px solid; } }
"""


@get(STYLE_PATH, media_type=MediaType.CSS, include_in_schema=False, sync_to_thread=False)
def sign_in_style() -> str:
    return STYLE


def page(
    status: int, heading: str, text: str, *, link: tuple[str, str] | None = None, cookies: list[Cookie] | None = None
) -> Response[str]:
    """`link`: address and words of the one next step."""
    button = f'<a href="{escape(link[0])}">{escape(link[1])}</a>' if link else ""
    html = f"""\
<!doctype html>
<html lang="sv">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(heading)} – Närvaro</title>
<link rel="stylesheet" href="{STYLE_PATH}">
<main>
<p class="mark">Närvaro</p>
<h1>{escape(heading)}</h1>
<p>{escape(text)}</p>
{button}
</main>
</html>
"""
    return Response(html, status_code=status, media_type=MediaType.HTML, cookies=cookies)

"""Draw the app's icons from src/ui/mark.svg into public/assets/icons: `server/.venv/bin/python web/scripts/icons.py`.

They are kept for a year by whoever has fetched them, so a new picture gets a new name.
"""

import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

WEB = Path(__file__).resolve().parents[1]
PETROL, WHITE = "#0d5b5e", "#ffffff"
MARK = re.sub(r"^<svg[^>]*>|</svg>$", "", (WEB / "src" / "ui" / "mark.svg").read_text().strip())

# name: side, background, corner as a part of the side, mark's width as a part of the side
ICONS = {
    "app-192": (192, PETROL, 0.22, 0.66),
    "app-512": (512, PETROL, 0.22, 0.66),
    "app-maskable-512": (512, PETROL, 0, 0.54),  # the middle 80 % is never cut off
    "apple-touch-180": (180, PETROL, 0, 0.62),  # iPhones round the corners themselves
    "badge-96": (96, None, 0, 0.92),  # Android fills what is opaque with a colour of its own
}


def svg(side: int, background: str | None, corner: float, width: float) -> str:
    ground = f'<rect width="{side}" height="{side}" rx="{side * corner}" fill="{background}"/>' if background else ""
    edge = side * (1 - width) / 2
    mark = MARK.replace("#0d7a7e", WHITE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}">{ground}'
        f'<g transform="translate({edge} {edge}) scale({side * width / 32})" fill="none" stroke="{WHITE}" stroke-width="5" '
        f'stroke-linecap="round">{mark}</g></svg>'
    )


def draw(page: Page, name: str) -> None:
    side = ICONS[name][0]
    page.set_viewport_size({"width": side, "height": side})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg(*ICONS[name])}")
    page.screenshot(path=WEB / "public" / "assets" / "icons" / f"{name}.png", omit_background=True)


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    for each in ICONS:
        draw(browser.new_page(), each)
    browser.close()

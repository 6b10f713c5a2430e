"""What a phone needs to install the patient's pages as an app."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from narvaro.auth.guards import Db
from narvaro.clinics.queries import get_clinic

PAPER = "#faf8f4"
ICONS = (("app-192", 192, "any"), ("app-512", 512, "any"), ("app-maskable-512", 512, "maskable"))
"""Made by web/scripts/icons.py; another picture gets another name, for these are kept for a year."""


@get("/patient/{clinic:str}/manifest.webmanifest", media_type="application/manifest+json", include_in_schema=False)
async def show_manifest(clinic: FromPath[str], database: Db) -> Response[dict[str, Any]]:
    """The app of one clinic (W3C Web Application Manifest). The brand, for a clinic's name may tell what it treats (B7)."""
    async with database.reading() as db:
        found = await get_clinic(db, clinic)
    home = f"/patient/{found.slug}/"
    return Response(
        {
            "id": home,
            "name": f"Närvaro – {found.brand}",
            "short_name": "Närvaro",
            "lang": "sv",
            "start_url": home,
            "scope": "/patient/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": f"/assets/icons/{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
                for name, side, purpose in ICONS
            ],
        }
    )

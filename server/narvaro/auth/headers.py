"""The headers that every answer carries (C5)."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from litestar.types import Message, Scope

from narvaro.settings import Settings

BeforeSend = Callable[[Message, Scope], Awaitable[None]]

ONE_YEAR = 31_536_000
NOT_STORED = (b"cache-control", b"no-store")
OWN = "(self)"
PERMISSIONS = {
    "camera": OWN,
    "microphone": OWN,
    "display-capture": OWN,
    "autoplay": OWN,
    "fullscreen": OWN,
    "picture-in-picture": OWN,
    "screen-wake-lock": OWN,
    "speaker-selection": OWN,
    "geolocation": "()",
    "payment": "()",
    "usb": "()",
}


def content_security_policy(base_url: str, livekit_public_url: str) -> str:
    """Everything from here, nothing inline; sockets to ourselves and to the media server, which is also asked over HTTP."""
    own = urlsplit(base_url)
    media = urlsplit(livekit_public_url)
    media_http = f"{'https' if media.scheme == 'wss' else 'http'}://{media.netloc}"
    own_socket = f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}"
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "connect-src": f"'self' {own_socket} {media.scheme}://{media.netloc} {media_http}",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def security_headers(settings: Settings) -> BeforeSend:
    """For Litestar's `before_send`, which also sees answers to addresses that are not there."""
    always = {
        "Content-Security-Policy": content_security_policy(settings.base_url, settings.livekit_public_url),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{name}={whom}" for name, whom in PERMISSIONS.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.is_https:
        always["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"

    raw = [(name.lower().encode(), value.encode()) for name, value in always.items()]

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        given = list(message["headers"])
        if not (scope["path"].startswith("/assets/") and message["status"] == 200):
            given = [*(pair for pair in given if pair[0].lower() != NOT_STORED[0]), NOT_STORED]
        message["headers"] = [*given, *raw]

    return add_headers

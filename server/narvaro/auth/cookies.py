"""One cookie per kind of person, so that one browser can be staff, patient and guest at once."""

from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from narvaro.auth.actors import ActorKind
from narvaro.auth.rules import ATTEMPT_LIVES_FOR, LIFETIMES


def session_cookie_name(base_url: str, kind: ActorKind) -> str:
    """`__Host-` on https; on loopback's plain http no prefix, but the port: cookies do not tell ports apart."""
    return _name(base_url, kind.value)


def attempt_cookie_name(base_url: str, kind: ActorKind, state_hash: bytes) -> str:
    """One cookie per sign-in under way."""
    return _name(base_url, f"{kind.value}_attempt_{state_hash.hex()[:12]}")


def session_cookie(base_url: str, kind: ActorKind, token: str) -> Cookie:
    return _cookie(base_url, session_cookie_name(base_url, kind), token, int(LIFETIMES[kind].ends_after.total_seconds()))


def attempt_cookie(base_url: str, kind: ActorKind, state_hash: bytes, secret: str) -> Cookie:
    name = attempt_cookie_name(base_url, kind, state_hash)
    return _cookie(base_url, name, secret, int(ATTEMPT_LIVES_FOR.total_seconds()))


def erased(base_url: str, name: str) -> Cookie:
    return _cookie(base_url, name, "", 0)


def _name(base_url: str, what: str) -> str:
    parts = urlsplit(base_url)
    return f"__Host-narvaro_{what}" if parts.scheme == "https" else f"narvaro_{what}_{parts.port or 80}"


def _cookie(base_url: str, name: str, value: str, max_age: int) -> Cookie:
    is_https = base_url.startswith("https://")
    return Cookie(key=name, value=value, max_age=max_age, path="/", secure=is_https, httponly=True, samesite="lax")

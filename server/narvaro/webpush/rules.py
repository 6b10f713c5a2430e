"""Where a push may be sent, and when it is tried again. No database, no clock, no settings."""

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from narvaro.errors import Malformed

PAUSES: Final = (1, 2, 4, 8, 16, 30)
"""Seconds before the next attempt at a service that does not take it just now."""
HTTPS_PORT: Final = 443
P256DH_BYTES: Final = 65
AUTH_BYTES: Final = 16


class NotAPushAddress(Malformed):
    """Pushes go to public services over https only."""


def check_endpoint(endpoint: str, *, may_be_here: bool) -> None:
    """A browser tells it, so it may be anything. `may_be_here`: this machine too, in a demo. Raises NotAPushAddress."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAPushAddress from None
    if parts.username or parts.password or parts.fragment or not host:
        raise NotAPushAddress
    address = _as_address(host)
    if may_be_here and parts.scheme in {"http", "https"} and address is not None and address.is_loopback:
        return
    is_name = address is None and "." in host.strip(".") and not host.endswith((".local", ".localhost", ".internal"))
    if parts.scheme != "https" or port not in {None, HTTPS_PORT} or not (is_name or is_public(host)):
        raise NotAPushAddress


def is_public(address: str) -> bool:
    """Reached over the internet and nowhere else: neither this machine nor its neighbours nor what tunnels to them."""
    found = _as_address(address)
    return found is not None and found.is_global and not found.is_multicast


def _as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def pause_before(attempt: int, retry_after: int) -> timedelta:
    """`attempt`: how many there have been."""
    return timedelta(seconds=max(PAUSES[min(attempt, len(PAUSES)) - 1], retry_after))


def first_public(addresses: Sequence[str]) -> str:
    """A name that leads anywhere inside is not asked at all. Raises NotAPushAddress."""
    if not addresses or not all(is_public(address) for address in addresses):
        raise NotAPushAddress
    return addresses[0]

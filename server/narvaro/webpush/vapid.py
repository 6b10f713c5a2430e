"""The real adapter: encrypts for the device, signs for its service, posts over https."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import http_ece
import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from narvaro.webpush import Device, Push, PushGone, PushRefused, PushUnavailable
from narvaro.webpush.keys import from_base64url, public_key_of
from narvaro.webpush.rules import NotAPushAddress, check_endpoint, first_public

ANSWERS_WITHIN = 5.0
SIGNED_FOR = 12 * 3600
"""Seconds; 24 hours at most (RFC 8292, 2)."""
TAKEN = {200, 201, 202, 204}
GONE = {404, 410}
TOO_FAST = 429
LONGEST_RETRY_AFTER = 3600

Resolve = Callable[[str], Awaitable[list[str]]]


async def resolve(host: str) -> list[str]:
    """Its addresses. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class VapidPush:
    """`may_be_here`: services on this machine too, which only a demo on loopback has. The rest must be public (SSRF)."""

    def __init__(self, private_key: str, contact: str, *, may_be_here: bool = False, resolve: Resolve = resolve) -> None:
        self.public_key = public_key_of(private_key)
        self._key = Vapid02.from_raw(private_key.encode())
        self._contact = contact
        self._may_be_here = may_be_here
        self._resolve = resolve
        self._signed: dict[str, tuple[float, str]] = {}
        self._http = httpx2.AsyncClient(timeout=ANSWERS_WITHIN, follow_redirects=False)

    async def send(self, device: Device, push: Push) -> None:
        try:
            check_endpoint(device.endpoint, may_be_here=self._may_be_here)
            url, host = await self._pinned(device.endpoint)
            body = encrypt(device, push.payload)
        except (NotAPushAddress, ValueError) as error:
            raise PushRefused from error
        headers = {
            "Host": host,
            "TTL": str(push.ttl),
            "Urgency": push.urgency,
            "Topic": push.topic,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._authorization(device.endpoint),
        }
        name = urlsplit(device.endpoint).hostname or ""
        try:
            answer = await self._http.post(url, content=body, headers=headers, extensions={"sni_hostname": name})
        except httpx2.HTTPError as error:
            raise PushUnavailable from error
        _judge(answer)

    async def _pinned(self, endpoint: str) -> tuple[httpx2.URL, str]:
        """The address that was looked at is the one that is asked: a name cannot change its mind in between."""
        url = httpx2.URL(endpoint)
        host = url.netloc.decode()
        if url.scheme == "http":
            return url, host
        try:
            address = first_public(await self._resolve(url.host))
        except OSError as error:
            raise PushUnavailable from error
        return url.copy_with(host=address), host

    def _authorization(self, endpoint: str) -> str:
        """One signature per service, used again for half its life."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        until, header = self._signed.get(audience, (0.0, ""))
        now = time.time()
        if until < now + SIGNED_FOR / 2:
            until = now + SIGNED_FOR
            claims = {"aud": audience, "exp": int(until), "sub": self._contact}
            header = str(self._key.sign(claims)["Authorization"])
            self._signed[audience] = (until, header)
        return header

    async def close(self) -> None:
        await self._http.aclose()


def encrypt(device: Device, payload: bytes) -> bytes:
    """RFC 8291, with a key pair and a salt of this message's own. Raises ValueError for keys that are none."""
    ours = ec.generate_private_key(ec.SECP256R1())
    theirs, secret = from_base64url(device.p256dh), from_base64url(device.auth)
    salt = os.urandom(16)
    sealed = http_ece.encrypt(payload, salt=salt, private_key=ours, dh=theirs, auth_secret=secret, version="aes128gcm")
    return bytes(sealed)


def _judge(answer: httpx2.Response) -> None:
    if answer.status_code in TAKEN:
        return
    if answer.status_code in GONE:
        raise PushGone
    if answer.status_code == TOO_FAST or answer.is_server_error:
        asked = answer.headers.get("retry-after", "")
        raise PushUnavailable(min(int(asked), LONGEST_RETRY_AFTER) if asked.isdecimal() else 0)
    raise PushRefused

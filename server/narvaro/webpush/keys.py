"""The key pair that push services know an installation by (RFC 8292), as text: 32 and 65 bytes in base64url."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def new_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return to_base64url(number.to_bytes(32, "big"))


def public_key_of(private_key: str) -> str:
    """Raises ValueError for what is no key."""
    public = Vapid02.from_raw(private_key.encode()).public_key
    return to_base64url(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

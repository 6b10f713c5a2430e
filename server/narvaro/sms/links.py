"""The token in a text's link: it can be made again from its text's row and the installation's secret, and is stored nowhere."""

import base64
import hashlib
import hmac
from uuid import UUID

TOKEN_BYTES = 24


def link_token(secret: str, text_id: UUID, salt: bytes) -> str:
    """192 bits, safe in an address. Unguessable by the salt (128 random bits, B1), useless from the database alone."""
    digest = hmac.new(secret.encode(), b"narvaro link\0" + text_id.bytes + salt, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


def link(page: str, token: str) -> str:
    """In the fragment, which no server, proxy or log ever sees (B2)."""
    return f"{page}#{token}"

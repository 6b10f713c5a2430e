"""Secrets that browsers hold; only their hashes are stored (C2)."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Fast on purpose: the token is random, there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def session_key(token_hash: bytes) -> str:
    """The key that wakes when this session ends."""
    return f"session:{token_hash.hex()}"

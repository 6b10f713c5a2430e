"""Where a demo of a test listens."""

import secrets
from contextlib import suppress

from narvaro.demo.installation import DemoStopped, Ports

BELOW_EPHEMERAL = range(20_000, 32_000)
"""The kernel hands out those above to whoever connects, also between our look and the demo's."""


def free_port(copies: int = 1) -> int:
    """The web's port of a demo whose others are free too."""
    while True:
        port = secrets.choice(BELOW_EPHEMERAL)
        with suppress(DemoStopped):
            Ports(port, copies).refuse_taken()
            return port

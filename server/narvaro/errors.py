"""Facts that stop a request, each with its HTTP status and machine-readable code.

Problem
├── Malformed      400  the request cannot be understood
├── NotSignedIn    401  there is no session
├── NotFound       404  it is not there, or not for this actor: the two look the same
├── Conflict       409  the state has moved on; every feature derives its own
├── TooMany        429  a limit is reached
└── DoorDown       503  something outside (media, identity provider) does not answer

The title is the first line of the class docstring, the code its name in kebab case; the web translates the code.
"""

import re
from typing import ClassVar


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title())
        self.detail = detail

    @classmethod
    def code(cls) -> str:
        """`RingNoLongerRinging` → `ring-no-longer-ringing`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class Malformed(Problem):
    """The request cannot be understood."""

    status = 400


class NotSignedIn(Problem):
    """Sign in first."""

    status = 401


class NotFound(Problem):
    """It is not here, or not for you."""

    status = 404


class Conflict(Problem):
    """The state has moved on."""

    status = 409


class TooMany(Problem):
    """A limit is reached; try again later."""

    status = 429
    retry_after: int = 3600
    """Seconds; at least so long it is of no use to ask again."""

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        if retry_after is not None:
            self.retry_after = retry_after


class DoorDown(Problem):
    """Something outside does not answer; try again in a moment."""

    status = 503

"""Where a list goes on: the instant and the id of the last row shown, as one opaque word."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from narvaro.errors import Malformed

Id = TypeVar("Id")


def make_cursor(at: datetime, id_: object) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id_}".encode()).decode()


def read_cursor(cursor: str, to_id: Callable[[str], Id]) -> tuple[datetime, Id]:
    """`to_id` raises ValueError. Raises Malformed for a cursor that is not ours."""
    try:
        at, id_ = base64.urlsafe_b64decode(cursor).decode().split(" ")
        return datetime.fromisoformat(at), to_id(id_)
    except (ValueError, binascii.Error) as error:
        raise Malformed("The cursor is not one of ours.") from error

"""The readable copy of what is about to be deleted: JSON lines, in a file that is there as a whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

OWNER_ONLY: Final = 0o600


def write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """On the disk, name and all, when this returns. The last line counts those before it."""
    make_directories(path.parent)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.writelines(msgspec.json.encode(line) + b"\n" for line in (*lines, {"what": "end", "lines": len(lines)}))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    keep_name(path.parent)


def make_directories(path: Path) -> None:
    """Open to their owner only, and on the disk; the operator's own directory must be there."""
    for each in (path.parent, path):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)
            keep_name(each.parent)


def keep_name(directory: Path) -> None:
    """A new name survives a loss of power once its directory is written."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

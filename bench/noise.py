"""Frames for a socket, from a message that is right over one that is nearly so to noise."""

import json
import random
from collections.abc import Sequence
from typing import Any

ODD: list[Any] = [
    None,
    True,
    -1,
    2**53,
    2**63,
    10**400,
    1e308,
    "",
    "\x00",
    "\u202e",
    "å" * 90,
    [],
    {},
    [[[]]],
    "call:",
]


def frame_of(chance: random.Random, valid: Sequence[dict[str, Any]]) -> str:
    message = dict(chance.choice(valid))
    match chance.randrange(6):
        case 0:
            return json.dumps(message | {"since": chance.choice(ODD)})
        case 1:
            return json.dumps(message | {chance.choice([*message, "more"]): chance.choice(ODD)})
        case 2:
            return json.dumps({name: value for name, value in message.items() if chance.random() < 0.7})
        case 3:
            text = json.dumps(message)
            at = chance.randrange(len(text))
            return text[:at] + chr(chance.randrange(1, 0x2FFF)) + text[at + chance.randrange(3) :]
        case 4:
            return "".join(chr(chance.randrange(0x300)) for _ in range(chance.randrange(60)))
    return chance.choice(["[", '{"type":', '{"a":']) * chance.randrange(1, 9000)

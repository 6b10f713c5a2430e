"""Print the wire's shapes as an OpenAPI document with components only."""

import inspect
import json

import msgspec
from narvaro import wire
from narvaro.auth import schemas as auth
from narvaro.calls import schemas as calls
from narvaro.conversations import schemas as conversations
from narvaro.invitations import schemas as invitations
from narvaro.oversight import schemas as oversight
from narvaro.patients import schemas as patients


def shapes(module: object) -> list[type]:
    """The structs a module defines itself, but the abstract bases."""
    return [
        shape
        for _, shape in inspect.getmembers(module, inspect.isclass)
        if issubclass(shape, msgspec.Struct) and shape.__module__ == module.__name__ and shape.__name__ != "Wire"
    ]


def main() -> None:
    """One schema per struct, and the two unions of the socket."""
    types = [shape for module in (auth, calls, conversations, invitations, oversight, patients) for shape in shapes(module)]
    unions, components = msgspec.json.schema_components(
        [wire.ClientMessage, wire.ServerMessage, *types], ref_template="#/components/schemas/{name}"
    )
    components |= {"ClientMessage": unions[0], "ServerMessage": unions[1]}
    document = {"openapi": "3.1.0", "info": {"title": "Närvaro", "version": "1"}, "paths": {}, "components": {"schemas": components}}
    print(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))


main()

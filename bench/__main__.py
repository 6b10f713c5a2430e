"""`bin/bench NAME`: one module of this folder, its table, its JSON, its exit status."""

import argparse
import asyncio
import importlib
import random
import signal
import sys
from pathlib import Path

from bench.plots import draw_plots
from bench.report import Options, Result, print_table, write

HERE = Path(__file__).parent
HELPERS = {"__init__", "__main__", "browsers", "crowd", "link", "noise", "people", "plots", "product", "report"}


def names() -> list[str]:
    """Every bench is a module, or a package, with `async def measure(options) -> Result`."""
    modules = {path.stem for path in HERE.glob("*.py")} | {path.parent.name for path in HERE.glob("*/measure.py")}
    return sorted(modules - HELPERS)


def main() -> int:
    options = argparse.ArgumentParser(prog="bin/bench", description="The product against its floor.")
    options.add_argument("name", choices=names())
    options.add_argument("--json", action="store_true", help="end with one line of JSON")
    options.add_argument("--short", action="store_true", help="within 60 s")
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="of what is random")
    options.add_argument("--faults", type=int, help="durability: how many, and as many messages in proportion")
    given = options.parse_args()
    try:
        result = asyncio.run(measure(given.name, Options(given.short, given.seed, given.faults)))
    except asyncio.CancelledError:
        return 143
    print_table(result)
    print(f"\nWritten to {write(result, short=given.short).relative_to(HERE.parent)}")
    if not given.short:
        draw_plots()
    if given.json:
        print(result.line(), flush=True)
    return result.status


async def measure(name: str, options: Options) -> Result:
    """SIGTERM ends it as Ctrl-C does: everything that was started is stopped, and its directory is gone."""
    if (running := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    module = f"bench.{name}.measure" if (HERE / name).is_dir() else f"bench.{name}"
    result: Result = await importlib.import_module(module).measure(options)
    return result


if __name__ == "__main__":
    sys.exit(main())

"""What the papers claim, compared with what is there."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import diagrams
import pytest
from litestar import Litestar

from narvaro import cli, wire
from narvaro.app import create_app
from narvaro.errors import Problem
from narvaro.realtime import line
from narvaro.realtime.topics import TOPIC_KINDS
from narvaro.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = ("bin/demo", "bin/test")
MADE_BY_BROWSER_TESTS = {"arende.png", "ringer.png", "patient-inkommande.png", "samtal.png", "fragan.png"}
SETTINGS = {
    "BASE_URL": "http://127.0.0.1:8600",
    "DATABASE_URL": "postgresql://narvaro@/narvaro",
    "LIVEKIT_URL": "http://127.0.0.1:8602",
    "LIVEKIT_PUBLIC_URL": "ws://127.0.0.1:8602",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
    "STAFF_OIDC_ISSUER": "http://127.0.0.1:8601",
    "STAFF_OIDC_CLIENT_ID": "staff",
    "STAFF_OIDC_CLIENT_SECRET": "secret",
    "PATIENT_OIDC_ISSUER": "http://127.0.0.1:8601",
    "PATIENT_OIDC_CLIENT_ID": "patient",
    "PATIENT_OIDC_CLIENT_SECRET": "secret",
    "LINK_SECRET": "s" * 32,
}


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return re.split(r"^## ", text.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(table: str) -> list[str]:
    """The code words in the first cell of each row."""
    return [cell for row in re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE) for cell in re.findall(r"`([^`]+)`", row)]


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(load_settings({f"NARVARO_{name}": value for name, value in SETTINGS.items()}))


# Links, pictures, commands


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "safe.directory=*", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def targets(path: Path) -> list[Path]:
    found = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    local = (unquote(target.partition("#")[0]) for target in found if "://" not in target and not target.startswith("mailto:"))
    return [(path.parent / target).resolve() for target in local if target]


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    missing = [target for target in targets(path) if not target.exists() and target.name not in MADE_BY_BROWSER_TESTS]
    assert missing == []


def test_pictures_of_the_browser_tests_are_kept_once_they_have_been_made() -> None:
    """A picture that git has had is there; one that is there is in git."""
    shown = {target for path in PAPERS for target in targets(path) if target.name in MADE_BY_BROWSER_TESTS}
    assert {picture.name for picture in shown} == MADE_BY_BROWSER_TESTS
    if not (ROOT / ".git").exists():
        return
    for picture in shown:
        was_made = bool(git("log", "--oneline", "-1", "--", str(picture)))
        assert picture.exists() == was_made, f"{picture.name} is to be committed, or to be taken anew"


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_shows_the_two_commands_before_anything_else(command: str) -> None:
    assert re.search(rf"^{command}\b", paper("README.md").split("\n## ", 1)[0], re.MULTILINE)


def test_every_command_in_bin_that_a_paper_names_can_be_run() -> None:
    named = {name for path in PAPERS for name in re.findall(r"(?<![\w./])bin/[a-z]+\b", path.read_text(encoding="utf-8"))}
    named.discard("bin/lib")
    assert named >= set(COMMANDS)
    for command in named:
        assert (ROOT / command).stat().st_mode & 0o111, command


def operator_commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", "\n".join(path.read_text(encoding="utf-8") for path in PAPERS), re.DOTALL)
    joined = "\n".join(blocks).replace("\\\n", " ")
    return [text.partition("#")[0].strip() for text in re.findall(r"^narvaro .*$", joined, re.MULTILINE)]


@pytest.mark.parametrize("command", operator_commands())
def test_every_narvaro_command_in_the_papers_is_understood(command: str) -> None:
    cli.parser().parse_args(shlex.split(command)[1:])


# ARCHITECTURE and GLOSSARY


def test_state_diagrams_are_those_of_the_tables() -> None:
    """When this fails: `python tests/diagrams.py`."""
    drawn = {name: diagrams.diagram(table) for name, table in diagrams.MACHINES.items()}
    assert diagrams.shown(paper("ARCHITECTURE.md")) == drawn


def test_import_order_is_the_one_that_is_held() -> None:
    contracts = tomllib.loads(paper("server/pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    listed = section(paper("ARCHITECTURE.md"), "Who may import whom").split("```text\n", 1)[1].split("\n```", 1)[0]
    assert listed.splitlines() == layers


def test_tree_names_every_room_and_none_that_is_not_there() -> None:
    tree = section(paper("ARCHITECTURE.md"), "The tree").split("```text\n", 1)[1].split("\n```", 1)[0]
    named = {word for row in tree.splitlines() for word in re.findall(r"[\w./-]+", row.partition("#")[0])}
    code = ROOT / "server" / "narvaro"
    rooms = [path for path in code.iterdir() if (path / "__init__.py").is_file()]
    rooms += [path for path in code.glob("*.py") if path.name != "__init__.py"]
    assert {f"{path.name}/" if path.is_dir() else path.name for path in rooms} <= named
    everything = {path.name for path in [*ROOT.glob("*"), *ROOT.glob("*/*"), *ROOT.glob("server/*/*"), *ROOT.glob("web/src/*")]}
    assert {word for word in named if word.strip("./") and word.rstrip("/").rsplit("/", 1)[-1] not in everything} == set()


def test_every_place_in_the_code_that_a_paper_names_is_there() -> None:
    """Written as `calls/actions.py: place_call` or `features/calls/callWindow.ts: stageOf`."""
    folders = [ROOT / "server" / "narvaro", ROOT / "web" / "src", ROOT / "server", ROOT]
    places = [
        place for path in PAPERS for place in re.findall(r"`([\w/.-]+\.(?:py|tsx?))(?:: (\w+))?`", path.read_text("utf-8"))
    ]
    assert len(places) > 20
    for file, name in places:
        found = next((folder / file for folder in folders if (folder / file).is_file()), None)
        if "/" in file or name:
            assert found is not None, file
        if found and name:
            defined = rf"\b(def|class|function|const|interface|async) {name}\b|^\s*(private )?{name}\b[^\n]*[=:{{]"
            assert re.search(defined, found.read_text(encoding="utf-8"), re.MULTILINE), f"{file}: {name}"


def test_no_class_has_a_name_that_says_nothing() -> None:
    sentence = next(row for row in paper("GLOSSARY.md").splitlines() if row.startswith("In no name:"))
    banned = re.findall(r"`(\w+)`", sentence)
    assert len(banned) >= 6
    code = [*(ROOT / "server" / "narvaro").rglob("*.py"), *(ROOT / "web" / "src").rglob("*.ts*")]
    classes = {
        name
        for path in code
        for name in re.findall(r"^\s*(?:export )?(?:class|interface) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    classes.discard("QuietHandler")  # Werkzeug's word, in the demo's identity provider
    assert {name for name in classes if name.endswith(tuple(banned))} == set()


# docs/protocol.md


@pytest.mark.parametrize(
    ("heading", "union"), [("The browser says", wire.ClientMessage), ("The server says", wire.ServerMessage)]
)
def test_every_socket_message_has_a_heading_with_all_its_fields(heading: str, union: Any) -> None:
    told = section(paper("docs/protocol.md"), heading)
    by_tag = {kind.__struct_config__.tag: kind for kind in get_args(union)}
    chapters = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", told, re.MULTILINE | re.DOTALL))
    assert set(chapters) == set(by_tag)
    for tag, kind in by_tag.items():
        assert {field for field in kind.__struct_fields__ if f"`{field}`" not in chapters[tag]} == set(), tag


def test_every_topic_is_told_of(app: Litestar) -> None:
    listed = first_column(section(paper("docs/protocol.md"), "Topics"))
    own = {kind for kind in TOPIC_KINDS if getattr(TOPIC_KINDS[kind].load, "__module__", "").startswith("narvaro.")}
    assert {topic.partition(":")[0] for topic in listed} == own


def test_close_codes_are_those_that_are_sent() -> None:
    codes = {line.SIGNED_OUT, line.TOO_MUCH, line.NOT_UNDERSTOOD, line.LOST, line.BROKEN, 1000, 1012}
    assert {int(code) for code in first_column(section(paper("docs/protocol.md"), "Closing"))} == codes


def addresses(table: str) -> set[tuple[str, str]]:
    """(method, path) of each row, with `{kind}` for both kinds and `{}` for every other variable."""
    found = set()
    for method, path in re.findall(r"^\| `([A-Z]+) ([^`?]+)[^`]*` \|", table, re.MULTILINE):
        for kind in ("staff", "patient"):
            found.add((method, re.sub(r"\{[^}]*\}", "{}", path.replace("{kind}", kind))))
    return found


def test_http_table_holds_every_operation_of_the_api(app: Litestar) -> None:
    there = {
        (method.upper(), re.sub(r"\{[^}]*\}", "{}", path))
        for path, item in (app.openapi_schema.paths or {}).items()
        for method in ("get", "put", "post", "delete", "patch")
        if path.startswith("/api/") and getattr(item, method)
    }
    assert addresses(section(paper("docs/protocol.md"), "HTTP")) == there


def test_other_addresses_are_told_of_too(app: Litestar) -> None:
    there = {
        (method, re.sub(r"\{[^}]*\}", "{}", route.path))
        for route in app.routes
        for method in getattr(route, "methods", {"GET"}) - {"OPTIONS", "HEAD"} or {"GET"}
        if not (route.path.startswith(("/api/staff", "/api/patient", "/api/guest")) and not route.path.endswith("/socket"))
    }
    optional = {("GET", "/assets/{}")}  # only where the web client is built
    assert addresses(section(paper("docs/protocol.md"), "Other addresses")) | optional == there | optional


def test_every_code_of_an_error_is_explained(app: Litestar) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", section(paper("docs/protocol.md"), "Errors"), re.MULTILINE)
    own = {kind for kind in subclasses(Problem) if kind.__module__.startswith("narvaro.")}
    assert {(code, int(status)) for code, status in rows} == {(kind.code(), kind.status) for kind in own}


# The others


def test_every_requirement_that_the_code_cites_is_explained() -> None:
    explained = set(first_column(paper("SECURITY.md")))
    sources = (ROOT / "server" / "narvaro").rglob("*.py")
    strings = (text for path in sources for text in re.findall(r"\(([^()]*)\)", path.read_text(encoding="utf-8")))
    cited = {number for text in strings for number in re.findall(r"(?<![\w.])[A-G][1-9]\d?b?(?![\w.])", text)}
    assert len(cited) > 10
    assert cited - explained == set()


def test_changelog_has_a_place_for_what_is_not_released() -> None:
    changes = paper("CHANGELOG.md")
    assert changes.index("## [Unreleased]") < (changes.find("\n## [0") % (len(changes) + 1))
    assert re.search(r"^### (Added|Changed|Fixed|Removed|Security)$", changes, re.MULTILINE)


def test_decisions_are_numbered_without_a_gap_and_have_three_parts() -> None:
    papers = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in papers] == [f"{number:04}" for number in range(1, len(papers) + 1)]
    for path in papers:
        parts = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], path.name


@pytest.mark.parametrize("guide", ["starta-videosamtal.md", "avsluta-videosamtal.md", "sa-blir-du-uppringd.md"])
def test_words_in_the_guides_are_words_on_the_screen(guide: str) -> None:
    """Bold words are what one reads or clicks; every text of the interface is written where it is shown."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "web" / "src").rglob("*.ts*"))
    texts = {text for source in sources for text in re.findall(r'i18n\.t\(\s*"([^"]+)"', source)}
    bold = {" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", paper(f"docs/lathund/{guide}"))}
    assert bold
    assert bold - texts == set()

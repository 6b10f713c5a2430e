"""The shape of the house: how large its parts may grow, and what a model may know. What may import what is import-linter's."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
MODULES = sorted(
    path
    for folder in (SERVER / "narvaro", SERVER / "tests", ROOT / "bin" / "lib", ROOT / "bench")
    for path in folder.rglob("*.py")
)
SCRIPTS = sorted(path for path in (ROOT / "web" / "src").rglob("*.ts*") if path.suffix in {".ts", ".tsx"})

MODULE_LINES = 500
FUNCTION_LINES = 70
TEST_LINES = 60
PARAMETERS = 12
FIRST_PARTY_IMPORTS = 20
SCRIPT_LINES = 340

MAY_BE_LARGER = {
    "server/narvaro/db/migrations/versions": "written by Alembic; a migration is one step, however many tables it makes",
    "server/narvaro/app.py": "the composition root knows every feature's routes",
    "web/src/api/schema.ts": "generated from the server's shapes",
}
"""Path, or folder, and why no limit holds there."""

OTHERS_MODELS_IN_ACTIONS = {
    ("calls", "conversations"): "a call writes its facts into the conversation's log and holds its lock",
    ("calls", "realtime"): "the watch compares seats with the pages that are open",
    ("demo", "sms"): "the virtual phones show what the demo's gateway has received",
    ("invitations", "sms"): "an invitation's text is composed from its row",
    ("invitations", "calls"): "a guest's seat, and the call that a link belongs to",
    ("invitations", "clinics"): "which countries a clinic allows",
    ("invitations", "conversations"): "inviting and entering are facts in the conversation's log",
    ("invitations", "patients"): "a guest takes neither the patient's name nor number",
    ("retention", "conversations"): "what is deleted leaves the conversation's counts and read marks right",
    ("conversations", "patients"): "a conversation is started with one of the clinic's patients",
}
"""(feature, whose models) → why something besides reading uses them."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def measured(paths: list[Path]) -> list[Path]:
    return [path for path in paths if not any(name_of(path).startswith(prefix) for prefix in MAY_BE_LARGER)]


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports_of(path: Path) -> set[str]:
    """First-party modules."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    found |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return {module for module in found if module.split(".")[0] == "narvaro"}


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_one_can_keep_in_mind() -> None:
    assert {name_of(path): lines_of(path) for path in measured(MODULES) if lines_of(path) > MODULE_LINES} == {}


def test_no_file_of_the_web_is_longer_than_one_can_keep_in_mind() -> None:
    assert {name_of(path): lines_of(path) for path in measured(SCRIPTS) if lines_of(path) > SCRIPT_LINES} == {}


def test_functions_stay_short() -> None:
    long = {}
    for path in measured(MODULES):
        for function in functions_of(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > (TEST_LINES if function.name.startswith("test_") else FUNCTION_LINES):
                long[f"{name_of(path)}: {function.name}"] = lines
    assert long == {}


def test_functions_ask_for_few_things() -> None:
    greedy = {}
    for path in measured(MODULES):
        for function in functions_of(path):
            asked = function.args
            count = len([*asked.posonlyargs, *asked.args, *asked.kwonlyargs])
            if count > PARAMETERS:
                greedy[f"{name_of(path)}: {function.name}"] = count
    assert greedy == {}


def test_modules_know_few_others() -> None:
    known = {name_of(path): len(imports_of(path)) for path in measured(MODULES)}
    assert {path: count for path, count in known.items() if count > FIRST_PARTY_IMPORTS} == {}


def test_an_exception_from_the_sizes_names_something_that_is_there() -> None:
    assert [path for path in MAY_BE_LARGER if not (ROOT / path).exists()] == []


def test_tables_point_at_each_other_by_name_only() -> None:
    """A foreign key is a table's name, so models import nothing but the base."""
    for path in (SERVER / "narvaro").rglob("models.py"):
        assert imports_of(path) <= {"narvaro.db.base"}, name_of(path)


def borrowed_models() -> set[tuple[str, str]]:
    """(feature, whose models) outside `queries.py`, which reads across features on purpose."""
    borrowed = set()
    for path in (SERVER / "narvaro").glob("*/*.py"):
        feature = path.parent.name
        for module in imports_of(path):
            parts = module.split(".")
            if parts[-1] == "models" and parts[1] != feature and path.name != "queries.py":
                borrowed.add((feature, parts[1]))
    return borrowed


def test_a_feature_changes_its_own_tables() -> None:
    assert borrowed_models() == set(OTHERS_MODELS_IN_ACTIONS)


@pytest.mark.parametrize("role", ["routes.py", "topics.py"])
def test_rules_and_models_do_not_know_how_they_are_asked(role: str) -> None:
    module = role.removesuffix(".py")
    for path in (SERVER / "narvaro").glob("*/*.py"):
        if path.name in {"rules.py", "models.py", "queries.py", "schemas.py"}:
            asked = {name for name in imports_of(path) if name.rsplit(".", 1)[-1] == module and "realtime" not in name}
            assert asked == set(), name_of(path)

"""The house: arrows point down only, files stay short, the core stays pure, permission stays a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "gitbuddy"
MODULES = sorted(PACKAGE.rglob("*.py"))

ALLOWED = {
    "values": {"values"},
    "globs": set[str](),
    "temporary": set[str](),
    "linters": {"linters"},
    "errors": {"values"},
    "config": {"values", "errors"},
    "protocols": {"values"},
    "core": {"core", "globs", "values", "errors", "config"},
    "git": {"git", "globs", "temporary", "values", "errors", "config"},
    "codebase": {"codebase", "core", "git", "globs", "config", "errors", "values"},
    "checks": {"checks", "core", "temporary", "values", "errors", "config", "protocols"},
    "proposers": {"proposers", "temporary", "linters", "values", "errors", "protocols"},
    "sandboxes": {"sandboxes", "temporary", "values", "errors", "protocols"},
    "forges": {"forges", "values", "errors", "protocols"},
    "gate": {"gate", "core", "git", "checks", "protocols", "config", "errors", "values"},
    "attempts": {"attempts", "gate", "core", "git", "checks", "protocols", "config", "errors", "values"},
    "mutate": {"mutate", "core", "checks", "protocols", "config", "errors", "values"},
    "mending": {"mending", "linters", "core", "git", "protocols", "config", "errors", "values"},
    "engine": {"attempts", "gate", "codebase", "core", "git", "checks", "protocols", "config", "errors", "values"},
    "session": {"core", "git", "temporary", "config", "errors", "values"},
    "calibration": {"calibration", "core", "temporary", "values", "errors", "protocols"},
    "tiering": {"session", "calibration", "core", "proposers", "config", "errors", "values"},
    "wiring": {"tiering", "session", "engine", "attempts", "gate", "codebase", "core", "git", "checks", "proposers"}
    | {"linters", "mutate", "sandboxes", "forges", "temporary", "protocols", "config", "errors", "values"},
    "handwork": {"mending", "session", "tiering", "wiring", "git", "proposers", "sandboxes", "protocols", "config"}
    | {"temporary", "errors", "values"},
    "testing": {"testing", "values", "errors", "protocols"},
}
"""Room -> rooms it may import. `cli` may import everything."""

IMPURE = {"os", "subprocess", "pygit2", "httpx", "ollama", "time", "datetime", "random", "socket", "shutil", "tempfile"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    names = [name.split(".") for name in imports_of(path) if name.startswith("gitbuddy.")]
    return {parts[1] for parts in names if parts[1] != "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_point_down_only(path: Path) -> None:
    room = room_of(path)
    if room in ("cli", "__init__", "__main__"):
        return

    assert rooms_imported(path) <= ALLOWED[room]


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {name: {part for part in parts if part in _modules()} for name, parts in _module_imports().items()}
    while leaves := [name for name, parts in graph.items() if not parts]:
        for leaf in leaves:
            del graph[leaf]
        graph = {name: parts - set(leaves) for name, parts in graph.items()}

    assert graph == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_stay_short(path: Path) -> None:
    limit = 200 if name_of(path) == "engine.py" else 300

    assert len(path.read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path) == "core"], ids=name_of)
def test_the_core_is_pure(path: Path) -> None:
    assert {name.split(".")[0] for name in imports_of(path)}.isdisjoint(IMPURE)


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path) != "cli"], ids=name_of)
def test_no_import_hides_inside_a_function(path: Path) -> None:
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    hidden = [
        node for function in functions for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_only_the_git_room_knows_pygit2() -> None:
    knowing = {room_of(path) for path in MODULES if any(name.split(".")[0] == "pygit2" for name in imports_of(path))}

    assert knowing <= {"git"}


def test_only_the_guard_makes_an_allowed_patch() -> None:
    makers = [name_of(path) for path in MODULES if "AllowedPatch(" in path.read_text() and room_of(path) != "values"]

    assert makers == ["core/guard.py"]


def test_every_package_says_what_it_is() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def _modules() -> set[str]:
    return {_dotted(path) for path in MODULES}


def _dotted(path: Path) -> str:
    return "gitbuddy." + name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _module_imports() -> dict[str, set[str]]:
    """Module -> modules of the package it imports; `from a import b` is `a.b` where that is a module, else `a`."""
    known = _modules()
    return {
        _dotted(path): {
            name if name in known else name.rpartition(".")[0]
            for name in imports_of(path)
            if name.startswith("gitbuddy.")
        }
        - {_dotted(path), "gitbuddy"}
        for path in MODULES
    }

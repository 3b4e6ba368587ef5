"""Checks of Python projects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitbuddy.checks.project import Project, table
from gitbuddy.values import Check, CheckKind

_REQUIREMENTS = ("requirements*.txt", "requirements*.in", "dev-requirements*.txt", "Pipfile", "setup.py", "setup.cfg")
_SAMPLE = 50
_FUNCTION_TEST = re.compile(r"^(async )?def test_|^import pytest|^from pytest", re.MULTILINE)
_CASE_TEST = re.compile(r"^(import|from) unittest|TestCase\b", re.MULTILINE)
_DEPENDENCIES = ".venv,venv,node_modules"


def checks(project: Project) -> list[Check]:
    if not project.matching("*.py"):
        return []
    return [*_ruff(project), *_flake8(project), *_mypy(project), *_tests(project)]


def _ruff(project: Project) -> list[Check]:
    configured = project.has("ruff.toml", ".ruff.toml") or _configures(project, "ruff") or _mentions(project, "ruff")
    if not configured and not project.visible("ruff"):
        return []
    # A project may have set `fix = true`; a check only looks. One line for each finding is what is compared later.
    found = [_lint("ruff", "ruff", "check", "--no-fix", "--no-cache", "--output-format=concise", ".")]
    formats = "format" in _tool(project, "ruff") or "ruff-format" in project.text(".pre-commit-config.yaml")
    return [*found, _lint("ruff-format", "ruff", "format", "--check", "--no-cache", ".")] if formats else found


def _flake8(project: Project) -> list[Check]:
    sections = project.sections("setup.cfg") | project.sections("tox.ini")
    if not (project.has(".flake8") or "flake8" in sections or _mentions(project, "flake8")):
        return []
    return [_lint("flake8", "flake8", f"--extend-exclude={_DEPENDENCIES}", ".")]


def _mypy(project: Project) -> list[Check]:
    settings = _tool(project, "mypy")
    ini = project.has("mypy.ini", ".mypy.ini") or "mypy" in project.sections("setup.cfg")
    if not (ini or _configures(project, "mypy")):
        return []
    text = "\n".join(project.text(name) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))
    named = not {"files", "packages", "modules"}.isdisjoint(settings) or re.search(r"(?m)^(files|packages)\s*=", text)
    # No cache: one left in a warm worktree by model-written code could say that all is well.
    command = ("mypy", "--cache-dir=/dev/null", "--no-pretty", "--no-color-output", *(() if named else (".",)))
    return [Check("mypy", command, CheckKind.TYPES)]


def _tests(project: Project) -> list[Check]:
    files = project.matching("test_*.py", "*_test.py", "tests.py")
    if _uses_pytest(project, files):
        # `python3 -m` and not `-P`: it puts the project's folder on the path, as most projects rely on. The cache goes
        # where it is forgotten: what failed last time is another candidate's business.
        command = ("python3", "-m", "pytest", "-q", "-o", "cache_dir=$TMPDIR/pytest")
        return [Check("pytest", command, CheckKind.TEST)]
    if project.has("manage.py") and "django" in project.text("manage.py"):
        return [Check("django", ("python3", "manage.py", "test", "--no-input"), CheckKind.TEST)]
    if not any(_CASE_TEST.search(project.text(path)) for path in files[:_SAMPLE]):
        return []
    return [Check("unittest", ("python3", "-m", "unittest", "discover", *_start(project, files)), CheckKind.TEST)]


def _uses_pytest(project: Project, files: list[str]) -> bool:
    configured = (
        project.has("pytest.ini", ".pytest.ini", "pytest.toml")
        or _configures(project, "pytest")
        or "tool:pytest" in project.sections("setup.cfg")
        or "pytest" in project.sections("tox.ini")
        or bool(project.matching("conftest.py"))
    )
    if configured:
        return True
    return bool(files) and (
        _mentions(project, "pytest") or any(_FUNCTION_TEST.search(project.text(path)) for path in files[:_SAMPLE])
    )


def _start(project: Project, files: list[str]) -> tuple[str, ...]:
    """unittest enters only packages: tests in a folder that is none have to be pointed at."""
    folders = {path.rpartition("/")[0] for path in files}
    tops = {folder.partition("/")[0] for folder in folders}
    top = tops.pop() if len(tops) == 1 else ""
    return ("-s", top) if top and not project.has(f"{top}/__init__.py") else ()


def _configures(project: Project, tool: str) -> bool:
    return tool in table(project.toml("pyproject.toml"), "tool")


def _tool(project: Project, name: str) -> Mapping[str, Any]:
    return table(project.toml("pyproject.toml"), "tool", name)


def _mentions(project: Project, tool: str) -> bool:
    """Whether the project asks for a tool: as a dependency or as a pre-commit hook."""
    pyproject = project.toml("pyproject.toml")
    named = [
        table(pyproject, "project").get("dependencies", []),
        list(table(pyproject, "project", "optional-dependencies").values()),
        list(table(pyproject, "dependency-groups").values()),
        list(table(pyproject, "tool", "poetry", "dev-dependencies")),
        [list(table(group, "dependencies")) for group in table(pyproject, "tool", "poetry", "group").values()],
        project.text(".pre-commit-config.yaml"),
        [project.text(path) for path in project.matching(*_REQUIREMENTS)],
    ]
    return re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w-])|/{tool}-pre-commit", str(named)) is not None


def _lint(name: str, *command: str) -> Check:
    return Check(name, command, CheckKind.LINT)

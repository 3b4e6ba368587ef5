"""Checks of Node projects: the scripts of `package.json`, Node's own test runner, the TypeScript compiler."""

from __future__ import annotations

from collections.abc import Mapping

from gitbuddy.checks.project import Project, table
from gitbuddy.checks.runners import script
from gitbuddy.values import Check, CheckKind

SCRIPTS: Mapping[str, CheckKind] = {
    "lint": CheckKind.LINT,
    "typecheck": CheckKind.TYPES,
    "type-check": CheckKind.TYPES,
    "types": CheckKind.TYPES,
    "build": CheckKind.BUILD,
    "test": CheckKind.TEST,
}
NO_TEST = "no test specified"
"""In the script that `npm init` writes."""
_TESTS = ("*.test.js", "*.test.mjs", "*.test.cjs", "*-test.js", "test-*.js", "test/*.js", "test/*.mjs", "test/*.cjs")


def checks(project: Project) -> list[Check]:
    scripts = table(project.json("package.json"), "scripts")
    found = [
        _of_script(name, kind, scripts[name])
        for name, kind in SCRIPTS.items()
        if isinstance(scripts.get(name), str) and NO_TEST not in scripts[name]
    ]
    kinds = {check.kind for check in found}
    if CheckKind.TEST not in kinds and project.matching(*_TESTS):
        found.append(Check("node-test", ("node", "--test"), CheckKind.TEST))
    if CheckKind.TYPES not in kinds and project.has("tsconfig.json"):
        found.append(Check("tsc", ("tsc", "--noEmit", "--pretty", "false"), CheckKind.TYPES))
    return found


def _of_script(name: str, kind: CheckKind, line: str) -> Check:
    runner = script.behind(line) if kind is CheckKind.TEST else ""
    return Check(f"npm-{name}", ("npm", "run", "--silent", name), kind, runner=runner)

"""Checks of Node projects: the scripts of `package.json`, or Node's own test runner."""

from __future__ import annotations

from collections.abc import Mapping

from gitbuddy.checks.project import Project, table
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
        Check(f"npm-{name}", ("npm", "run", "--silent", name), kind)
        for name, kind in SCRIPTS.items()
        if isinstance(scripts.get(name), str) and NO_TEST not in scripts[name]
    ]
    if not any(check.kind is CheckKind.TEST for check in found) and project.matching(*_TESTS):
        found.append(Check("node-test", ("node", "--test"), CheckKind.TEST))
    return found

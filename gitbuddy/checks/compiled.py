"""Checks of projects that are compiled: CMake, Cargo, Go, Maven. Without network, so dependencies must be there."""

from __future__ import annotations

import re

from gitbuddy.checks.project import Project, table
from gitbuddy.values import Check, CheckKind

PATIENCE = 900.0
"""Seconds: a first build is slow."""
_CTEST = re.compile(r"enable_testing\s*\(|include\s*\(\s*CTest\b", re.IGNORECASE)


def cmake(project: Project) -> list[Check]:
    if not project.has("CMakeLists.txt"):
        return []
    # A folder in the worktree: /tmp is new for each command. Not one that the project tracks.
    taken = any(path.startswith("build/") for path in project.paths)
    folder = "build-gitbuddy" if taken else "build"
    found = [
        Check("cmake-configure", ("cmake", "-S", ".", "-B", folder), CheckKind.BUILD, PATIENCE),
        Check("cmake-build", ("cmake", "--build", folder, "--parallel", "2"), CheckKind.BUILD, PATIENCE),
    ]
    if any(_CTEST.search(project.text(path)) for path in project.matching("CMakeLists.txt")):
        found.append(Check("ctest", ("ctest", "--test-dir", folder, "--output-on-failure"), CheckKind.TEST, PATIENCE))
    return found


def cargo(project: Project) -> list[Check]:
    if not project.has("Cargo.toml"):
        return []
    options = ("--offline", *(("--locked",) if project.has("Cargo.lock") else ()))
    found = [
        Check("cargo-build", ("cargo", "build", *options), CheckKind.BUILD, PATIENCE),
        Check("cargo-test", ("cargo", "test", *options), CheckKind.TEST, PATIENCE, _harness(project)),
    ]
    lints = table(project.toml("Cargo.toml"), "lints", "clippy") or project.has("clippy.toml", ".clippy.toml")
    if lints or project.visible("cargo-clippy"):
        clippy = ("cargo", "clippy", *options, "--all-targets", "--message-format=short")
        found.insert(0, Check("clippy", clippy, CheckKind.LINT, PATIENCE))
    return found


def _harness(project: Project) -> str:
    """Empty, or `custom` where a test program has a `main` of its own, so that only the whole run tells anything."""
    for path in project.matching("Cargo.toml"):
        manifest = project.toml(path)
        targets = [manifest.get("lib"), *(part for kind in ("test", "bin") for part in _list(manifest.get(kind)))]
        if any(table(target).get("harness") is False for target in targets):
            return "custom"
    return ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def go(project: Project) -> list[Check]:
    if not project.has("go.mod"):
        return []
    return [
        Check("go-vet", ("go", "vet", "./..."), CheckKind.LINT, PATIENCE),
        Check("go-build", ("go", "build", "./..."), CheckKind.BUILD, PATIENCE),
        Check("go-test", ("go", "test", "./..."), CheckKind.TEST, PATIENCE),
    ]


def maven(project: Project) -> list[Check]:
    if not project.has("pom.xml"):
        return []
    return [Check("maven-test", ("mvn", "--offline", "--batch-mode", "test"), CheckKind.TEST, PATIENCE)]

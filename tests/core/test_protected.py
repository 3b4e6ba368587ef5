"""Which files are tests, and which are protected and why."""

from __future__ import annotations

import pytest

from gitbuddy.core.rules.protected import Protection, is_test_path, protection

TESTS = """
tests/test_a.py test_a.py a_test.py src/pkg/tests/data.json tests.py tests/conftest.py conftest.py
src/a.test.ts src/a.spec.tsx src/__tests__/a.js src/__snapshots__/a.js.snap e2e/login.ts a.test.mjs button-test.js
pkg/a_test.go pkg/testdata/golden.txt
tests/cli.rs src/parser/tests.rs src/parser/parse_test.rs
src/test/java/a/B.java src/main/ATest.java ATests.java RepoIT.java ATestCase.java TestA.java ASpec.scala
test/a.cpp a_test.cc a_unittest.cc test_a.cpp ATest.cpp foo_tests.cxx
Tests/A.swift App.Tests/A.cs spec_helper/a_spec.rb ATest.php TEST/x.c
""".split()  # noqa: SIM905  a table of words reads better
NO_TESTS = """
src/a.py testing/a.py src/latest.py src/contest.py src/attest.go Latest.java AUDIT.java Testimony.md src/testament.py
protest.js src/spec/openapi.yaml Testable.java src/pytest_plugin.py benches/a.rs
""".split()  # noqa: SIM905  a table of words reads better
PROTECTED = [
    (".github/workflows/ci.yml", Protection.LOCKED),
    (".github/actions/x/action.yml", Protection.LOCKED),
    (".gitattributes", Protection.LOCKED),
    ("sub/.gitattributes", Protection.LOCKED),
    (".gitmodules", Protection.LOCKED),
    (".gitignore", Protection.LOCKED),
    (".gitlab-ci.yml", Protection.LOCKED),
    (".gitlab/ci/a.yml", Protection.LOCKED),
    (".githooks/pre-commit", Protection.LOCKED),
    (".buddy/config.toml", Protection.LOCKED),
    (".buddy/tasks/a.md", Protection.LOCKED),
    (".BUDDY/config.toml", Protection.LOCKED),
    (".GitHub/Workflows/ci.yml", Protection.LOCKED),
    (".github/dependabot.yml", Protection.CONFIGURATION),
    (".lfsconfig", Protection.CONFIGURATION),
    (".husky/pre-commit", Protection.CONFIGURATION),
    (".pre-commit-config.yaml", Protection.CONFIGURATION),
    ("CODEOWNERS", Protection.CONFIGURATION),
    ("docs/CODEOWNERS", Protection.CONFIGURATION),
    ("uv.lock", Protection.CONFIGURATION),
    ("web/package-lock.json", Protection.CONFIGURATION),
    ("go.sum", Protection.CONFIGURATION),
    ("pnpm-lock.yaml", Protection.CONFIGURATION),
    ("package.json", Protection.CONFIGURATION),
    ("pyproject.toml", Protection.CONFIGURATION),
    ("PyProject.TOML", Protection.CONFIGURATION),
    ("setup.cfg", Protection.CONFIGURATION),
    ("tox.ini", Protection.CONFIGURATION),
    ("noxfile.py", Protection.CONFIGURATION),
    ("pytest.ini", Protection.CONFIGURATION),
    ("requirements-dev.txt", Protection.CONFIGURATION),
    ("conftest.py", Protection.CONFIGURATION),
    ("tests/conftest.py", Protection.CONFIGURATION),
    ("src/sitecustomize.py", Protection.CONFIGURATION),
    ("src/x.pth", Protection.CONFIGURATION),
    ("Makefile", Protection.CONFIGURATION),
    ("lib/CMakeLists.txt", Protection.CONFIGURATION),
    ("Cargo.toml", Protection.CONFIGURATION),
    ("pom.xml", Protection.CONFIGURATION),
    ("vite.config.ts", Protection.CONFIGURATION),
    ("AGENTS.md", Protection.CONFIGURATION),
    ("sub/CLAUDE.md", Protection.CONFIGURATION),
    (".vscode/settings.json", Protection.CONFIGURATION),
    (".cursor/rules/a.md", Protection.CONFIGURATION),
    ("sub/.env", Protection.CONFIGURATION),
    ("node_modules/x/index.js", Protection.CONFIGURATION),
    ("hooks/pre-commit", Protection.CONFIGURATION),
    ("tests/test_a.py", Protection.TEST),
    ("src/a.py", None),
    ("README.md", None),
    ("docs/github.md", None),
    ("build/a.py", None),
    ("workspace/a.py", None),
    ("src/configure/a.py", None),
    ("hooks/useThing.ts", None),
    ("package.jsonc", None),
]


@pytest.mark.parametrize("path", TESTS)
def test_a_file_of_the_tests_is_known(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize("path", NO_TESTS)
def test_other_files_are_no_tests(path: str) -> None:
    assert not is_test_path(path)


@pytest.mark.parametrize(("path", "why"), PROTECTED)
def test_a_file_is_protected_for_a_reason(path: str, why: Protection | None) -> None:
    assert protection(path) is why


def test_a_project_protects_more_and_allows_some() -> None:
    assert protection("db/1.sql", protect=["db/**"]) is Protection.PROJECT
    assert protection("db/1.sql", protect=["db"]) is Protection.PROJECT
    assert protection("pyproject.toml", allow=["pyproject.toml"]) is None
    assert protection("uv.lock", protect=["*.lock"], allow=["*.lock"]) is Protection.PROJECT
    assert protection("src/a.py", protect=["db/**"]) is None

"""Which runner a command starts, and how little the order changes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.checks.runners import cargo, ctest, go, jest, node, surefire, vitest
from gitbuddy.checks.runners.runner import Folders, Runner
from gitbuddy.checks.runners.script import behind
from gitbuddy.values import Check, CheckKind

RUNNERS: dict[str, Runner] = {
    "cargo": cargo,
    "ctest": ctest,
    "go": go,
    "jest": jest,
    "node": node,
    "surefire": surefire,
    "vitest": vitest,
}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in ("tools", "reports"):
        (tmp_path / name).mkdir()
    return Folders(tmp_path / "tools", tmp_path / "reports")


def check(command: str, runner: str = "") -> Check:
    return Check("test", tuple(command.split()), CheckKind.TEST, runner=runner)


ORDERS = (
    (
        "ctest --test-dir build",
        "",
        "ctest --test-dir build --output-junit R/ctest.xml --test-output-size-passed 1048576",
    ),
    ("go test ./...", "", "go test -json ./..."),
    ("/usr/bin/go test -json -run X ./a", "", "/usr/bin/go test -json -run X ./a"),
    ("cargo test --offline", "", "cargo test --no-fail-fast --offline"),
    ("cargo +nightly test -- --test-threads=1", "", "cargo +nightly test --no-fail-fast -- --test-threads=1"),
    ("node --test test/", "", "node --test test/"),
    ("npm run --silent test", "node", "npm run --silent test"),
    (
        "npm run --silent test",
        "vitest",
        "npm run --silent test -- --reporter=default --reporter=junit --outputFile.junit=R/vitest.xml",
    ),
    (
        "npm run test -- src",
        "jest",
        "npm run test -- src --reporters=default --reporters=T/gitbuddy_jest.cjs",
    ),
    (
        "npx vitest run",
        "",
        "npx vitest run --reporter=default --reporter=junit --outputFile.junit=R/vitest.xml",
    ),
)


@pytest.mark.parametrize(("command", "runner", "expected"), ORDERS)
def test_an_order_adds_what_reports(command: str, runner: str, expected: str, folders: Folders) -> None:
    given = check(command, runner)
    (fitting,) = [module for module in RUNNERS.values() if module.fits(given)]
    ordered = " ".join(fitting.order(given, folders).command)

    assert ordered.replace(str(folders.reports), "R").replace(str(folders.tools), "T") == expected


NOBODYS = (
    "make test",
    "go vet ./...",
    "go test -c ./a",
    "go test --list=. ./a",
    "cargo build",
    "cargo test -- --nocapture",
    "cargo test --quiet",
    "ctest -N",
    "ctest --output-junit mine.xml",
    "mvn package -DskipTests",
    "mvn compile",
    "node test.js",
    "node --test --test-reporter=tap",
    "npm run test",
    "npx vitest list",
    "jest --reporters=mine",
    "jest --watch",
)


@pytest.mark.parametrize("command", NOBODYS)
def test_what_reports_otherwise_or_runs_no_tests_is_left_alone(command: str) -> None:
    assert [name for name, module in RUNNERS.items() if module.fits(check(command))] == []


def test_cargo_is_left_alone_where_test_programs_have_their_own_main() -> None:
    assert not cargo.fits(check("cargo test", "custom"))


SCRIPTS = (
    ("node --test", "node"),
    ("node --import tsx --test", "node"),
    ("c8 --reporter=text node --test test/", "node"),
    ("cross-env NODE_ENV=test node --test", "node"),
    ("NODE_OPTIONS=--no-warnings node --test", ""),
    ("cross-env NODE_OPTIONS=--no-warnings node --test", ""),
    ("node --test --test-reporter=dot", ""),
    ("node --test --watch", ""),
    ("vitest run", "vitest"),
    ("vitest", "vitest"),
    ("vitest run --coverage", "vitest"),
    ("vitest dev", ""),
    ("npx --no-install vitest run", "vitest"),
    ("jest", "jest"),
    ("NODE_OPTIONS=--experimental-vm-modules jest --ci", "jest"),
    ("node --experimental-vm-modules node_modules/jest/bin/jest.js", "jest"),
    ("node_modules/.bin/jest", "jest"),
    ("jest && eslint .", ""),
    ("tsc; jest", ""),
    ("jest $FILES", ""),
    ("jest 'unclosed", ""),
    ("mocha", ""),
    ("", ""),
)


@pytest.mark.parametrize(("script", "expected"), SCRIPTS)
def test_the_runner_behind_a_script(script: str, expected: str) -> None:
    assert behind(script) == expected


def test_node_is_told_where_to_report_whatever_the_folder_is_called(tmp_path: Path) -> None:
    folders = Folders(tmp_path / 'a "b" c', tmp_path / "re ports")
    folders.tools.mkdir()
    options = node.order(check("node --test"), folders).environment["NODE_OPTIONS"]

    assert f'--test-reporter="{tmp_path}/a \\"b\\" c/gitbuddy_node.mjs"' in options
    assert options.endswith(f'--test-reporter-destination="{tmp_path}/re ports/node.jsonl"')


def test_surefire_reports_carry_a_suffix_that_no_run_had_before(folders: Folders) -> None:
    given = check("mvn --offline --batch-mode test")
    first, second = surefire.order(given, folders).command, surefire.order(given, folders).command

    assert first[:2] == ("sh", "-c")
    assert first[6:-1] == given.command
    assert first[-1] == f"-Dsurefire.reportNameSuffix={first[5]}"
    assert first[5] != second[5]

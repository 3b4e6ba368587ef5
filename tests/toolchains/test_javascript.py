"""jest and vitest as npm installs them, in the folder that NODE_MODULES names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bench import Bench, Ran

from gitbuddy.checks.detect import detect
from gitbuddy.values import CaseStatus, CheckKind

PASSED, FAILED, SKIPPED = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.SKIPPED
TESTS = """\
test('ok', () => {});
test('bad', () => { expect(1).toBe(VALUE); });
test.skip('later', () => {});
describe('outer', () => { describe('inner', () => { it.each([1, 2])('n %i', () => {}); }); });
"""


@pytest.fixture
def installed(modules: Path | None, bench: Bench) -> Bench:
    if modules is None and os.environ.get("CI"):
        pytest.fail("needed in CI and not set: NODE_MODULES")
    if modules is None:
        pytest.skip("not set: NODE_MODULES")
    (bench.mounts.worktree / "node_modules").symlink_to(modules)
    return bench


def run(bench: Bench, script: str, **files: str) -> Ran:
    texts = {"package.json": f'{{"name": "calc", "scripts": {{"test": "{script}"}}}}'}
    texts |= {f"{name.replace('_', '.')}.js": text for name, text in files.items()}
    bench.write(texts)
    checks = detect(list(texts), lambda name: texts[name].encode())
    return bench.test(next(check for check in checks if check.kind is CheckKind.TEST))


def expected(bad: CaseStatus) -> dict[str, CaseStatus]:
    return {
        "a.test.js > ok": PASSED,
        "a.test.js > bad": bad,
        "a.test.js > later": SKIPPED,
        "a.test.js > outer > inner > n 1": PASSED,
        "a.test.js > outer > inner > n 2": PASSED,
    }


@pytest.mark.parametrize(("script", "value", "status"), [("jest", "1", PASSED), ("jest --ci", "2", FAILED)])
def test_jest_tells_of_each_test(script: str, value: str, status: CaseStatus, installed: Bench) -> None:
    ran = run(installed, script, a_test=TESTS.replace("VALUE", value))

    assert (ran.problem, ran.exit_code == 0) == ("", status is PASSED), ran.text
    assert ran.cases == expected(status)
    assert ("Expected: 2" in ran.text) == (status is FAILED)


def test_jest_names_files_that_cannot_be_loaded_and_expected_failures(installed: Bench) -> None:
    failing = "test.failing('known', () => { throw new Error('x'); });\n"
    ran = run(installed, "jest", b_test="require('./nothing');\ntest('a', () => {});\n", c_test="", d_test=failing)

    assert ran.cases == {"b.test.js": FAILED, "c.test.js": FAILED, "d.test.js > known": SKIPPED}
    assert "Cannot find module" in ran.words["b.test.js"]


def test_a_test_that_ends_jest_well_leaves_no_report(installed: Bench) -> None:
    ran = run(installed, "jest", a_test="test('leaves', () => { process.exit(0); });\n")

    assert (ran.exit_code, ran.problem) == (0, "the test run left no report: jest.jsonl")


@pytest.mark.parametrize(("value", "status"), [("1", PASSED), ("2", FAILED)])
def test_vitest_tells_of_each_test(value: str, status: CaseStatus, installed: Bench) -> None:
    head = "import { describe, expect, it, test } from 'vitest';\n"
    ran = run(installed, "vitest run", a_test=head + TESTS.replace("VALUE", value))

    assert (ran.problem, ran.exit_code == 0) == ("", status is PASSED), ran.text
    assert ran.cases == expected(status)
    assert ("expected 1 to be 2" in ran.text) == (status is FAILED)

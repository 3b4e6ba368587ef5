"""A fix in Rust: the code is mended in the file where its tests stand, and the tests are the same as before."""

from __future__ import annotations

import pytest
from made import by_case, change, evidence, patch

from gitbuddy.core.kinds import rules_of
from gitbuddy.values import Accepted, Kind

CODE = "pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n"
TESTS = """
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }
}
"""
MENDED = CODE.replace("a - b", "a + b")
DOCUMENTED = "/// ```\n/// assert_eq!(calc::add(1, 2), 3);\n/// ```\n"
RED, GREEN = "src/lib.rs::tests::adds failed", "src/lib.rs::tests::adds passed"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(CODE + TESTS, MENDED + TESTS, "", id="the code"),
        pytest.param(CODE + TESTS, "use std::cmp;\n\n" + MENDED + TESTS, "", id="and what it uses"),
        pytest.param(CODE + TESTS, CODE + TESTS.replace("3", "-1"), "test-changed", id="the expected value"),
        pytest.param(CODE + TESTS, CODE, "test-changed", id="no tests left"),
        pytest.param(
            CODE + TESTS,
            CODE.replace("a - b", "if cfg!(test) { 3 } else { a - b }") + TESTS,
            "test-changed",
            id="code that asks if a test is running",
        ),
        pytest.param(
            CODE + TESTS, CODE + TESTS.replace("#[test]", "#[test]\n    #[ignore]"), "test-changed", id="ignored"
        ),
        pytest.param(
            CODE + TESTS, CODE + TESTS.replace("cfg(test)", "cfg(any())"), "test-changed", id="another condition"
        ),
        pytest.param(
            CODE + TESTS,
            "macro_rules! assert_eq {\n    ($($x:tt)*) => {};\n}\n" + CODE + TESTS,
            "test-changed",
            id="another assert_eq!",
        ),
        pytest.param(
            CODE + TESTS,
            CODE + TESTS.replace("use super::*;", "use super::*;\n    use std::assert_ne as assert_eq;"),
            "test-changed",
            id="another name for it",
        ),
        pytest.param(
            CODE + TESTS,
            "#[cfg(test)]\npub fn add(_: i32, _: i32) -> i32 {\n    3\n}\n" + CODE + TESTS,
            "test-changed",
            id="code for tests only",
        ),
        pytest.param(CODE + TESTS, "#![cfg(not(test))]\n" + MENDED + TESTS, "test-changed", id="nothing for tests"),
        pytest.param(DOCUMENTED + CODE, DOCUMENTED + MENDED, "", id="an example beside the code"),
        pytest.param(DOCUMENTED + CODE, DOCUMENTED.replace("3", "-1") + CODE, "test-changed", id="the example"),
    ],
)
@pytest.mark.parametrize("path", ["src/lib.rs", "src/other.rs"])  # the tests of all modules are told of as the crate's
def test_a_fix_leaves_tests_beside_the_code_as_they_are(path: str, before: str, after: str, expected: str) -> None:
    made = evidence(by_case(RED), by_case(GREEN), Kind.FIX, patch(change(path, before, after)))

    verdict = rules_of(Kind.FIX).prove(made)

    assert ("" if isinstance(verdict, Accepted) else verdict.reason) == expected

"""One small project for each toolchain: a right version, and a wrong one whose failure is told by test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from bench import Prove

from gitbuddy.values import CaseStatus

PASSED, FAILED, SKIPPED = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.SKIPPED
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Project:
    """`wrong` replaces one file; `red` is the test that then fails, `said` a pattern of what its output must tell."""

    programs: tuple[str, ...]
    files: Files
    wrong: Files
    cases: Mapping[str, CaseStatus]
    red: str
    said: str


CPP = Project(
    programs=("cmake", "ctest", "g++"),
    files={
        "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.16)
project(calc CXX)
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)
add_executable(calc_test calc_test.cpp)
target_link_libraries(calc_test GTest::gtest_main)
gtest_discover_tests(calc_test)
""",
        "calc.h": "inline int add(int a, int b) { return a + b; }\n",
        "calc_test.cpp": """\
#include <gtest/gtest.h>
#include "calc.h"
TEST(Calc, Adds) { EXPECT_EQ(add(1, 2), 3); }
TEST(Calc, Zero) { EXPECT_EQ(add(0, 0), 0); }
TEST(Calc, Later) { GTEST_SKIP() << "not yet"; }
""",
    },
    wrong={"calc.h": "inline int add(int a, int b) { return a - b; }\n"},
    cases={"Calc.Adds": PASSED, "Calc.Zero": PASSED, "Calc.Later": SKIPPED},
    red="Calc.Adds",
    said=r"calc_test\.cpp:3: Failure",
)
RUST = Project(
    programs=("cargo",),
    files={
        "Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
        "src/lib.rs": """\
/// ```
/// assert_eq!(calc::zero(), 0);
/// ```
pub fn zero() -> i32 { 0 }
pub fn add(a: i32, b: i32) -> i32 { a + b }
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(super::add(1, 2), 3); }
    #[test]
    #[ignore]
    fn later() {}
}
""",
        "tests/outside.rs": "#[test]\nfn zero() { assert_eq!(calc::zero(), 0); }\n",
    },
    wrong={
        "src/lib.rs": """\
/// ```
/// assert_eq!(calc::zero(), 0);
/// ```
pub fn zero() -> i32 { 0 }
pub fn add(a: i32, b: i32) -> i32 { a - b }
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(super::add(1, 2), 3); }
    #[test]
    #[ignore]
    fn later() {}
}
"""
    },
    cases={
        "src/lib.rs::calc::tests::adds": PASSED,
        "src/lib.rs::calc::tests::later": SKIPPED,
        "src/lib.rs::doc::calc::zero": PASSED,
        "tests/outside.rs::zero": PASSED,
    },
    red="src/lib.rs::calc::tests::adds",
    said=r"panicked at (?:'[^']*', )?src/lib\.rs:9:",  # until Rust 1.72, the words came before the place
)
GO = Project(
    programs=("go",),
    files={
        "go.mod": "module example.org/calc\n\ngo 1.19\n",
        "calc.go": "package calc\n\nfunc Add(a, b int) int { return a + b }\n",
        "calc_test.go": """\
package calc

import "testing"

func TestAdd(t *testing.T) {
	for name, sum := range map[string]int{"small": 2, "none": 0} {
		t.Run(name, func(t *testing.T) {
			if got := Add(sum/2, sum/2); got != sum {
				t.Errorf("got %d, want %d", got, sum)
			}
		})
	}
}

func TestLater(t *testing.T) { t.Skip("not yet") }
""",
        "none/none.go": "package none\n",
    },
    wrong={"calc.go": "package calc\n\nfunc Add(a, b int) int { return a - b }\n"},
    cases={
        "example.org/calc.TestAdd": PASSED,
        "example.org/calc.TestAdd/none": PASSED,
        "example.org/calc.TestAdd/small": PASSED,
        "example.org/calc.TestLater": SKIPPED,
    },
    red="example.org/calc.TestAdd/small",
    said=r"calc_test\.go:9: got 0, want 2",
)
NODE = Project(
    programs=("node", "npm"),
    files={
        "package.json": '{"name": "calc", "scripts": {"test": "node --test test/"}}',
        "calc.js": "exports.add = (a, b) => a + b;\n",
        "test/calc.test.js": """\
const { test, describe, it } = require('node:test');
const assert = require('node:assert');
const { add } = require('../calc.js');
describe('add', () => {
  it('adds', () => assert.strictEqual(add(1, 2), 3));
  it('zero', () => assert.strictEqual(add(0, 0), 0));
});
test('later', { skip: 'not yet' }, () => {});
""",
        "test/other.test.js": "const { test } = require('node:test');\ntest('later', () => {});\n",
    },
    wrong={"calc.js": "exports.add = (a, b) => a - b;\n"},
    cases={
        "test/calc.test.js > add > adds": PASSED,
        "test/calc.test.js > add > zero": PASSED,
        "test/calc.test.js > later": SKIPPED,
        "test/other.test.js > later": PASSED,
    },
    red="test/calc.test.js > add > adds",
    said="-1 !== 3",
)
PROJECTS = {"c++": CPP, "rust": RUST, "go": GO, "node": NODE}


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, require: Callable[[str], str]) -> Project:
    found = PROJECTS[request.param]
    for program in found.programs:
        require(program)
    return found


def test_a_right_version_passes_test_by_test(project: Project, prove: Prove) -> None:
    ran = prove(project.files)

    assert (ran.problem, ran.exit_code) == ("", 0), ran.text
    assert ran.cases == project.cases


def test_a_wrong_version_fails_by_the_very_test(project: Project, prove: Prove) -> None:
    ran = prove({**project.files, **project.wrong})
    red = {name for name, status in ran.cases.items() if status is FAILED}

    assert ran.exit_code not in (0, None), ran.text
    assert ran.cases.keys() == project.cases.keys()
    # Go's tests fail with their subtests.
    assert red in ({project.red}, {project.red, project.red.partition("/small")[0]})
    assert re.search(project.said, ran.text), ran.text
    assert ran.words[project.red]

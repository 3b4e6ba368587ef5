"""One small project for each toolchain: a right and a wrong candidate through the gate, judged test by test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from trial import Given, trials

from gitbuddy.core import feedback
from gitbuddy.values import Accepted, Refused

Files = Mapping[str, str]


@dataclass(frozen=True)
class Toolchain:
    """A project with one wrong function: the file it stands in, what is right there, and what breaks the other test.

    `needs` are the programs; `mended` and `broken` are the ids that the verdicts name; `said` stands in the feedback.
    """

    files: Files
    path: str
    right: tuple[str, str]
    wrong: tuple[str, str]
    needs: tuple[str, ...]
    mended: str
    broken: str
    said: str


PYTHON_CALC = "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a * 2\n"
PYTEST_TESTS = """\
from calc import add, double


def test_add():
    assert add(2, 3) == 5


def test_double():
    assert double(4) == 8
"""
UNITTEST_TESTS = """\
import unittest

from calc import add, double


class Sums(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(2, 3), 5)

    def test_double(self):
        self.assertEqual(double(4), 8)
"""
CMAKE = """\
cmake_minimum_required(VERSION 3.20)
project(calc CXX)
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)
add_library(calc calc.cpp)
add_executable(calc_test calc_test.cpp)
target_link_libraries(calc_test calc GTest::gtest_main)
gtest_discover_tests(calc_test)
"""
CPP = """\
#include "calc.hpp"

int add(int a, int b) { return a - b; }
int twice(int a) { return a * 2; }
"""
CPP_TESTS = """\
#include "calc.hpp"
#include <gtest/gtest.h>

TEST(Calc, Adds) { EXPECT_EQ(add(2, 3), 5); }
TEST(Calc, Doubles) { EXPECT_EQ(twice(4), 8); }
"""
NODE_TESTS = """\
import assert from 'node:assert';
import { test } from 'node:test';
import { add, twice } from '../calc.mjs';

test('adds', () => assert.strictEqual(add(2, 3), 5));
test('doubles', () => assert.strictEqual(twice(4), 8));
"""
RUST = """\
pub fn add(a: i32, b: i32) -> i32 {
    a - b
}

pub fn twice(a: i32) -> i32 {
    a * 2
}
"""
RUST_TESTS = """\
use calc::{add, twice};

#[test]
fn adds() {
    assert_eq!(add(2, 3), 5);
}

#[test]
fn doubles() {
    assert_eq!(twice(4), 8);
}
"""
GO = "package calc\n\nfunc Add(a, b int) int { return a - b }\n\nfunc Twice(a int) int { return a * 2 }\n"
GO_TESTS = """\
package calc

import "testing"

func TestAdd(t *testing.T) {
	if got := Add(2, 3); got != 5 {
		t.Errorf("Add(2, 3) = %d, want 5", got)
	}
}

func TestTwice(t *testing.T) {
	if got := Twice(4); got != 8 {
		t.Errorf("Twice(4) = %d, want 8", got)
	}
}
"""
C_TESTS = """\
#include <stdio.h>
int add(int a, int b);
int main(void) {
    if (add(2, 3) != 5) { printf("calc_test.c:4: add(2, 3) is %d\\n", add(2, 3)); return 1; }
    return 0;
}
"""
MAKEFILE = "test: calc_test\n\t./calc_test\n\ncalc_test: calc.c calc_test.c\n\t$(CC) -o $@ calc.c calc_test.c\n"

TOOLCHAINS = {
    "pytest": Toolchain(
        {"calc.py": PYTHON_CALC, "test_calc.py": PYTEST_TESTS},
        *("calc.py", ("a - b", "a + b"), ("a * 2", "a * 3"), ("python3",)),
        *("test_calc.py::test_add", "test_calc.py::test_double", "assert 12 == 8"),
    ),
    "unittest": Toolchain(
        {"calc.py": PYTHON_CALC, "test_calc.py": UNITTEST_TESTS},
        *("calc.py", ("a - b", "a + b"), ("a * 2", "a * 3"), ("python3",)),
        *("test_calc.py::Sums::test_add", "test_calc.py::Sums::test_double", "12 != 8"),
    ),
    "ctest": Toolchain(
        {
            "CMakeLists.txt": CMAKE,
            "calc.hpp": "int add(int a, int b);\nint twice(int a);\n",
            "calc.cpp": CPP,
            "calc_test.cpp": CPP_TESTS,
            ".gitignore": "build/\n",
        },
        *("calc.cpp", ("a - b", "a + b"), ("a * 2", "a * 3"), ("cmake", "ctest", "g++")),
        *("Calc.Adds", "Calc.Doubles", "twice(4)"),
    ),
    "node": Toolchain(
        {
            "package.json": '{"name": "calc", "type": "module", "scripts": {"test": "node --test"}}\n',
            "calc.mjs": "export const add = (a, b) => a - b;\nexport const twice = (a) => a * 2;\n",
            "test/calc.test.mjs": NODE_TESTS,
        },
        *("calc.mjs", ("a - b", "a + b"), ("a * 2", "a * 3"), ("node", "npm")),
        *("test/calc.test.mjs > adds", "test/calc.test.mjs > doubles", "12"),
    ),
    "cargo": Toolchain(
        {
            "Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs": RUST,
            "tests/sums.rs": RUST_TESTS,
            ".gitignore": "target/\nCargo.lock\n",
        },
        *("src/lib.rs", ("a - b", "a + b"), ("a * 2", "a * 3"), ("cargo",)),
        *("tests/sums.rs::adds", "tests/sums.rs::doubles", "12"),
    ),
    "go": Toolchain(
        {"go.mod": "module example.com/calc\n\ngo 1.19\n", "calc.go": GO, "calc_test.go": GO_TESTS},
        *("calc.go", ("a - b", "a + b"), ("a * 2", "a * 3"), ("go",)),
        *("example.com/calc.TestAdd", "example.com/calc.TestTwice", "Twice(4) = 12, want 8"),
    ),
}


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    with trials(tmp_path) as make:
        yield make


@pytest.mark.parametrize("name", TOOLCHAINS)
def test_a_right_and_a_wrong_candidate(name: str, given: Given, require: Callable[[str], str]) -> None:
    chain = TOOLCHAINS[name]
    for program in chain.needs:
        require(program)
    trial = given(chain.files, files=(chain.path,))
    right = chain.files[chain.path].replace(*chain.right)

    wrong = trial.examine({chain.path: right.replace(*chain.wrong)})
    verdict = trial.judge({chain.path: right})

    assert not isinstance(wrong, Refused), wrong
    assert isinstance(wrong.verdict, Refused)
    assert wrong.verdict.reason == "new-failure"
    assert chain.broken in wrong.verdict.words
    assert chain.said in feedback.outputs([result for result in wrong.candidate.results if result.cases])
    assert isinstance(verdict, Accepted), verdict
    assert any(chain.mended in sentence for sentence in verdict.shown)


def test_c_and_make_tell_a_whole(given: Given, require: Callable[[str], str]) -> None:
    for program in ("make", "cc"):
        require(program)
    files = {"calc.c": "int add(int a, int b) { return a - b; }\n", "calc_test.c": C_TESTS, "Makefile": MAKEFILE}
    trial = given({**files, ".gitignore": "calc_test\n"}, files=("calc.c",))

    broken = trial.examine({"calc.c": "int add(int a, int b) { return a * b }\n"})
    right = trial.judge({"calc.c": "int add(int a, int b) { return a + b; }\n"})

    assert not isinstance(broken, Refused)
    assert isinstance(broken.verdict, Refused)
    assert "calc.c:1" in feedback.outputs(broken.candidate.results)
    assert isinstance(right, Accepted)
    assert right.shown == ("make-test: failed on base, passes here",)


def test_typescript_is_checked_by_its_compiler(given: Given, require: Callable[[str], str]) -> None:
    require("tsc")
    good = "export function add(a: number, b: number): number {\n  return a + b;\n}\n"
    config = '{"compilerOptions": {"strict": true, "noEmit": true, "target": "es2020"}, "files": ["calc.ts"]}\n'
    trial = given({"tsconfig.json": config, "calc.ts": good.replace("a + b", "`${a}${b}`")}, files=("calc.ts",))

    wrong = trial.examine({"calc.ts": good.replace("a + b", "a + c")})

    assert not isinstance(wrong, Refused)
    assert isinstance(wrong.verdict, Refused)
    assert "calc.ts" in feedback.outputs(wrong.candidate.results)
    assert isinstance(trial.judge({"calc.ts": good}), Accepted)

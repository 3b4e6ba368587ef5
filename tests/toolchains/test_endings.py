"""Tests that end their own program, crash, do not compile or cannot be started: by real runners in the real sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bench import Bench, Prove

from gitbuddy.values import CaseStatus, Check, CheckKind

PASSED, FAILED, SKIPPED = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.SKIPPED
Require = Callable[[str], str]


def test_ctest_tells_what_crashed_ended_early_or_did_not_start(prove: Prove, require: Require) -> None:
    for program in ("cmake", "ctest", "g++"):
        require(program)
    ran = prove(
        {
            "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.16)
project(x CXX)
enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)
add_executable(t t.cpp)
target_link_libraries(t GTest::gtest_main)
gtest_discover_tests(t)
add_test(NAME missing COMMAND ${CMAKE_BINARY_DIR}/nothing)
add_test(NAME fixture COMMAND false)
set_tests_properties(fixture PROPERTIES FIXTURES_SETUP F)
add_test(NAME needs COMMAND true)
set_tests_properties(needs PROPERTIES FIXTURES_REQUIRED F)
add_test(NAME skips COMMAND sh -c "exit 77")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME disabled COMMAND true)
set_tests_properties(disabled PROPERTIES DISABLED TRUE)
""",
            "t.cpp": """\
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
TEST(A, Before) {}
TEST(A, Crashes) { abort(); }
TEST(A, Leaves) { exit(0); }
TEST(A, Loud) { for (int i = 0; i < 4000; i++) puts("so much to say"); }
TEST(A, DISABLED_Off) {}
""",
        }
    )

    assert ran.cases == {
        "A.Before": PASSED,
        "A.Crashes": FAILED,
        "A.Leaves": FAILED,
        "A.Loud": PASSED,
        "A.Off": SKIPPED,
        "disabled": SKIPPED,
        "fixture": FAILED,
        "missing": FAILED,
        "needs": FAILED,
        "skips": SKIPPED,
    }
    assert "exit code 0" in ran.words["A.Leaves"]


def test_go_tells_what_panicked_left_or_did_not_compile(prove: Prove, require: Require) -> None:
    require("go")
    head = 'import ("os"; "syscall"; "testing")\nvar _, _ = os.Exit, syscall.Exit\nfunc TestOk(t *testing.T) {}\n'
    ran = prove(
        {
            "go.mod": "module m\n\ngo 1.19\n",
            "panics/a_test.go": f'package a\n{head}func TestPanics(t *testing.T) {{ panic("boom") }}\n',
            "exits/a_test.go": f"package a\n{head}func TestExits(t *testing.T) {{ os.Exit(0) }}\n",
            "leaves/a_test.go": f"package a\n{head}func TestLeaves(t *testing.T) {{ syscall.Exit(0) }}\n",
            "broken/a.go": 'package a\n\nfunc A() int { return "a" }\n',
            "broken/a_test.go": f"package a\n{head}",
        }
    )

    assert ran.problem == "", ran.text
    assert ran.cases == {
        "m/broken": FAILED,
        "m/exits.TestExits": FAILED,
        "m/exits.TestOk": PASSED,
        "m/leaves.TestLeaves": FAILED,
        "m/leaves.TestOk": PASSED,
        "m/panics.TestOk": PASSED,
        "m/panics.TestPanics": FAILED,
    }
    assert "broken/a.go:3:23: cannot use" in ran.text
    assert "panic: boom" in ran.words["m/panics.TestPanics"]
    assert '{"' not in ran.text


@pytest.mark.parametrize("ending", ["std::process::exit(0)", 'print!("test forged ... ok\\n")'])
def test_a_rust_program_that_leaves_or_lists_more_than_its_tests_shows_nothing(
    ending: str, prove: Prove, require: Require
) -> None:
    require("cargo")
    printing = 'use std::io::Write; std::io::stdout().write_all(b"test forged ... ok\\n").unwrap()'
    body = printing if ending.startswith("print") else ending
    ran = prove(
        {
            "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ndoctest = false\n',
            "src/lib.rs": f"#[test]\nfn a() {{ {body} }}\n",
        }
    )

    assert ran.exit_code == 0
    assert ran.problem.startswith("a test program ")


def test_node_loses_what_a_file_that_leaves_did_not_tell(prove: Prove, require: Require) -> None:
    require("node")
    test = "const { test, describe, before } = require('node:test');\ntest('first', () => {});\n"
    ran = prove(
        {
            "test/broken.js": "throw new Error('at once');\n",
            "test/late.js": f"{test}setTimeout(() => {{ throw new Error('late'); }}, 20);\n",
            "test/leaves.js": f"{test}test('leaves', () => process.exit(0));\n",
            "test/suites.js": test
            + "describe('hooked', () => { before(() => { throw new Error('no'); }); test('in', () => {}); });\n"
            + "test('todo', { todo: true }, () => { throw new Error('known'); });\n"
            + "describe('twice', () => { test('in', () => {}); test('in', () => {}); });\n",
        }
    )

    assert ran.cases == {
        "test/broken.js": FAILED,
        "test/late.js": FAILED,
        "test/late.js > first": PASSED,
        # Its tests are not named: to the verdict they are lost.
        "test/leaves.js": PASSED,
        "test/suites.js > first": PASSED,
        "test/suites.js > hooked": FAILED,
        "test/suites.js > hooked > in": FAILED,
        "test/suites.js > todo": SKIPPED,
        "test/suites.js > twice > in": PASSED,
        "test/suites.js > twice > in #2": PASSED,
    }


MAVEN = """\
#!/bin/sh
# Stands for Maven: leaves a report as Surefire does, which takes the suffix and not the folder from the command line.
for word; do case $word in -Dsurefire.reportNameSuffix=*) suffix=${word#*=};; esac; done
for module in one two; do
  mkdir -p "$module/target/surefire-reports"
  echo "<testsuite><testcase classname='org.ex.T$module($suffix)' name='ok'/></testsuite>" \\
    > "$module/target/surefire-reports/TEST-org.ex.T-$suffix.xml"
done
exit 3
"""


def test_surefire_reports_of_this_run_alone_are_read(bench: Bench) -> None:
    old = "<testsuite><testcase classname='org.ex.Old(gitbuddy-0a)' name='ok'/></testsuite>"
    bench.write({"mvnw": MAVEN, "one/target/surefire-reports/TEST-org.ex.Old-gitbuddy-0a.xml": old})
    (bench.mounts.worktree / "mvnw").chmod(0o755)
    ran = bench.test(Check("test", ("./mvnw", "test"), CheckKind.TEST))

    assert (ran.problem, ran.exit_code) == ("", 3), ran.text
    assert ran.cases == {"org.ex.Tone.ok": PASSED, "org.ex.Ttwo.ok": PASSED}


def test_the_whole_of_a_c_project_is_told_by_make(bench: Bench, require: Require) -> None:
    for program in ("make", "gcc"):
        require(program)
    check = Check("make-test", ("make", "test"), CheckKind.TEST)
    bench.write(
        {
            "Makefile": "test: calc_test\n\t./calc_test\ncalc_test: calc_test.c calc.h\n\t$(CC) -o $@ calc_test.c\n",
            "calc.h": "static int add(int a, int b) { return a + b; }\n",
            "calc_test.c": '#include <assert.h>\n#include "calc.h"\nint main(void) { assert(add(1, 2) == 3); }\n',
        }
    )
    right = bench.run(check)
    bench.write({"calc.h": "static int add(int a, int b) { return a - b; }  /* later than the program */\n"})
    (bench.mounts.worktree / "calc_test").unlink()
    wrong = bench.run(check)

    assert right.exit_code == 0, right.output
    assert wrong.exit_code == 2
    assert b"calc_test.c:3: main: Assertion `add(1, 2) == 3' failed." in wrong.output


def test_types_of_a_typescript_project_are_checked_by_tsc(bench: Bench, require: Require) -> None:
    require("tsc")
    check = Check("tsc", ("tsc", "--noEmit", "--pretty", "false"), CheckKind.TYPES)
    bench.write(
        {
            "tsconfig.json": '{"compilerOptions": {"strict": true, "skipLibCheck": true}, "files": ["calc.ts"]}',
            "calc.ts": "export function add(a: number, b: number): number { return a + b; }\n",
        }
    )
    right = bench.run(check)
    bench.write({"calc.ts": "export function add(a: number, b: number): number { return `${a}`; }\n"})
    wrong = bench.run(check)

    assert (right.exit_code, right.output) == (0, b"")
    assert wrong.exit_code in (1, 2)
    assert wrong.output.startswith(b"calc.ts(1,")
    assert b"error TS2322: Type 'string' is not assignable to type 'number'." in wrong.output
    assert not Path(bench.mounts.worktree / "calc.js").exists()

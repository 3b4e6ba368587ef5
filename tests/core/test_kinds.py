from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from made import by_case, change, evidence, failed, lint, passed, patch, result, task

from gitbuddy.core.evidence import Coverage, Evidence, Mutation
from gitbuddy.core.kinds import RULES, rules_of
from gitbuddy.core.verdict import judge
from gitbuddy.values import (
    Accepted,
    Change,
    CheckKind,
    CheckResult,
    CheckStatus,
    Kind,
    Patch,
    Refused,
    Unverified,
    Verdict,
)

F401, F841 = "a.py:1:8: F401 `os` imported but unused\n", "a.py:7:5: F841 `x` is never used\n"
TEST = change("tests/test_shop.py", "def test_a():\n    pass\n", "def test_a():\n    pass\n\ndef test_b():\n    pass\n")
CUT = "\n[... 9999 bytes left out ...]\n"


def reason(case: Evidence) -> str:
    verdict = rules_of(case.task.kind).prove(case)
    return "" if isinstance(verdict, Accepted) else verdict.reason


def test_every_kind_has_rules_and_words_of_its_own() -> None:
    assert set(RULES) == set(Kind)
    assert len({rules.WORDS for rules in RULES.values()}) == len(Kind)


# -- pointless --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "base", "words"),
    [
        (Kind.FIX, (passed("test"), passed("lint")), "no check fails"),
        (Kind.FIX, (result("test", CheckStatus.CANNOT_RUN),), "no check fails"),
        (Kind.FIX_LINT, (failed("test"),), "no lint check"),
        (Kind.FIX_LINT, (lint(), failed("test")), "no lint check fails"),
        (Kind.FIX_LINT, (result("lint", CheckStatus.CANNOT_RUN, kind=CheckKind.LINT),), "no lint check fails"),
        (Kind.TEST, (lint(),), "no test check"),
        (Kind.TEST, (failed("test"),), "do not pass"),
        (Kind.TEST, (result("test", CheckStatus.TIMED_OUT),), "do not pass"),
    ],
)
def test_says_why_there_is_nothing_to_do(kind: Kind, base: tuple[CheckResult, ...], words: str) -> None:
    assert words in rules_of(kind).pointless(task(kind=kind), base)


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (Kind.FIX, (failed("test"),)),
        (Kind.FIX, (passed("test"), lint("x"))),
        (Kind.FIX_LINT, (lint(F401),)),
        (Kind.CHANGE, (failed("test"),)),
        (Kind.TEST, (passed("test"),)),
        (Kind.TEST, (result("test", CheckStatus.CANNOT_RUN),)),
        (Kind.DOCUMENT, ()),
        (Kind.REFACTOR, ()),
    ],
)
def test_begins_where_there_is_something_to_do(kind: Kind, base: tuple[CheckResult, ...]) -> None:
    assert rules_of(kind).pointless(task(kind=kind), base) == ""


# -- change, generate, translate, refactor ----------------------------------------------------------------------------

KINDS_WITH_ACCEPTANCE = (Kind.CHANGE, Kind.GENERATE, Kind.TRANSLATE, Kind.REFACTOR)


ACCEPT = "tests/test_new.py::test_it"
RED, GREEN_CASE, OTHER = f"{ACCEPT} failed", f"{ACCEPT} passed", "tests/test_a.py::test_b passed"


@pytest.mark.parametrize("kind", KINDS_WITH_ACCEPTANCE)
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (by_case(OTHER, RED), by_case(OTHER, GREEN_CASE), ""),
        (by_case(OTHER, "tests/test_new.py failed"), by_case(OTHER, GREEN_CASE), ""),
        (by_case(OTHER, RED), by_case(OTHER, RED), "not-accepted"),
        (by_case(OTHER, GREEN_CASE), by_case(OTHER, GREEN_CASE), "not-accepted"),
        (by_case(OTHER, RED), by_case(OTHER), "not-accepted"),
        (by_case(OTHER, RED), by_case(OTHER, f"{ACCEPT} skipped"), "not-accepted"),
        (by_case(OTHER, RED, flaky=(ACCEPT,)), by_case(OTHER, GREEN_CASE), "not-accepted"),
        (by_case(OTHER, RED), by_case(OTHER, GREEN_CASE, flaky=(ACCEPT,)), "not-accepted"),
        (failed("test"), passed("test"), "not-accepted"),
    ],
)
def test_acceptance_tests_must_turn_green(kind: Kind, before: CheckResult, after: CheckResult, expected: str) -> None:
    lint_too = passed("lint", CheckKind.LINT)

    assert reason(evidence((lint_too, before), (lint_too, after), kind, accept=(ACCEPT,))) == expected


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (passed("test"), "tells of single tests"),
        (by_case(OTHER), "no test of the base has this name"),
        (by_case(OTHER, GREEN_CASE), "it is passed"),
        (by_case(OTHER, RED), ""),
        (by_case(OTHER, "tests/test_new.py failed"), ""),
    ],
)
@pytest.mark.parametrize("kind", KINDS_WITH_ACCEPTANCE)
def test_an_acceptance_test_must_fail_on_the_base(kind: Kind, base: CheckResult, words: str) -> None:
    found = rules_of(kind).pointless(task(kind=kind, accept=(ACCEPT,)), (base,))

    assert words in found
    assert bool(found) is bool(words)


MODULE = """\
import os
LIMIT = 3
first, second = 1, 2
_private = 4
def total(a): return a
class Cart:
    size: int = 0
    def add(self): ...
    def _hidden(self): ...
try:
    import fast
except ImportError:
    fast = None
"""


@pytest.mark.parametrize(
    ("after", "text", "expected"),
    [
        pytest.param(MODULE.replace("_private", "_own").replace("_hidden", "_inner"), "tidy", "", id="private names"),
        pytest.param(MODULE.replace("import os\n", ""), "tidy", "", id="imports"),
        pytest.param(MODULE.replace("return a", "return +a") + "def more(): ...\n", "tidy", "", id="more names"),
        pytest.param(MODULE.replace("total", "sum_up"), "tidy", "public-name-gone", id="function"),
        pytest.param(MODULE.replace("total", "sum_up"), "rename total to sum_up", "", id="function the task names"),
        pytest.param(MODULE.replace("def add", "def put"), "tidy", "public-name-gone", id="method"),
        pytest.param(MODULE.replace("size", "length"), "tidy", "public-name-gone", id="attribute"),
        pytest.param(MODULE.replace("second", "other"), "tidy", "public-name-gone", id="unpacked name"),
        pytest.param(MODULE.replace("LIMIT", "BOUND"), "tidy", "public-name-gone", id="constant"),
        pytest.param(None, "tidy", "public-name-gone", id="whole module"),
        pytest.param("def broken(:\n", "tidy", "unreadable", id="no Python"),
    ],
)
def test_a_refactoring_keeps_public_names(after: str | None, text: str, expected: str) -> None:
    case = evidence(passed(), passed(), Kind.REFACTOR, patch(change("shop.py", MODULE, after)), text=text)

    assert reason(case) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("pkg/__init__.py", "public-name-gone"), ("pkg/module.py", ""), ("tests/test_x.py", ""), ("pkg/module.txt", "")],
)
def test_what_a_package_passes_on_is_public(path: str, expected: str) -> None:
    moved = change(path, "from pkg.cart import Cart\n", "from pkg.cart import Basket\n")

    assert reason(evidence(passed(), passed(), Kind.REFACTOR, patch(moved))) == expected


def test_names_in_tests_are_nobodys_business() -> None:
    renamed = change("tests/test_shop.py", "def test_a(): ...\n", "def test_b(): ...\n")

    assert reason(evidence(passed(), passed(), Kind.REFACTOR, patch(renamed))) == ""


@pytest.mark.parametrize(
    ("path", "before", "after", "text", "expected"),
    [
        ("a.py", "def f(a): ...\n", "def f(b): ...\n", "tidy", "signature-changed"),
        ("a.py", "def f(a): ...\n", "def f(b): ...\n", "f takes b", ""),
        ("a.py", "def f(a): ...\n", "def f(a, b=1): ...\n", "tidy", "signature-changed"),
        ("a.py", "def f(a=1): ...\n", "def f(a=2): ...\n", "tidy", ""),
        ("a.py", "def f(a): ...\n", "async def f(a): ...\n", "tidy", "signature-changed"),
        ("a.py", "def f(a): ...\n", "from new import f\n", "tidy", ""),
        ("a.py", "class A(B): ...\n", "class A: ...\n", "tidy", "signature-changed"),
        ("a.go", "package a\nfunc F(a int) {}\n", "package a\nfunc F(b int) {}\n", "tidy", ""),
        ("a.go", "package a\nfunc F(a int) {}\n", "package a\nfunc F(a string) {}\n", "tidy", "signature-changed"),
        ("a.go", "package a\nfunc F(a int) {}\n", "package a\nfunc G(a int) {}\n", "tidy", "public-name-gone"),
        ("a.go", "package a\nfunc f(a int) {}\n", "package a\nfunc g() {}\n", "tidy", ""),
        ("a.rs", "pub fn f() {}\n", "fn f() {}\n", "tidy", "public-name-gone"),
        (
            "A.java",
            "public class A { public void f() {} }\n",
            "public class A { public void f() {} public void f(int a) {} }\n",
            "tidy",
            "",
        ),
        ("a.js", "export const f = (a) => a\n", "export const f = (a, b) => a\n", "tidy", "signature-changed"),
        ("a.c", "int f(void) { return 1; }\n", "static int f(void) { return 1; }\n", "tidy", "public-name-gone"),
        ("Makefile", "a:\n", "b:\n", "tidy", "no-grammar"),
        ("Makefile", None, "b:\n", "tidy", ""),
        ("a.md", "a:\n", "b:\n", "tidy", ""),
        ("a.js", ")", ")", "tidy", "unreadable"),
    ],
)
def test_a_refactoring_keeps_signatures(path: str, before: str | None, after: str, text: str, expected: str) -> None:
    case = evidence(passed(), passed(), Kind.REFACTOR, patch(change(path, before, after)), text=text)
    verdict = rules_of(Kind.REFACTOR).prove(case)

    assert ("" if isinstance(verdict, Accepted) else verdict.reason) == expected


@pytest.mark.parametrize(
    ("coverage", "expected", "doubts"),
    [
        (Coverage(80.0, 80.0), "", 0),
        (Coverage(80.0, 90.0, threshold=85.0), "", 0),
        (Coverage(80.0, 79.0), "coverage-lower", 0),
        (Coverage(70.0, 75.0, threshold=80.0), "coverage-low", 0),
        (Coverage(None, None, threshold=80.0), "", 1),
        (None, "", 1),
    ],
)
def test_a_refactoring_keeps_what_the_tests_run(coverage: Coverage | None, expected: str, doubts: int) -> None:
    verdict = rules_of(Kind.REFACTOR).prove(replace(evidence(passed(), passed(), Kind.REFACTOR), coverage=coverage))

    assert ("" if isinstance(verdict, Accepted) else verdict.reason) == expected
    assert len(verdict.doubts if isinstance(verdict, Accepted) else ()) == doubts


@pytest.mark.parametrize(("ending", "expected"), [("go", ""), ("c", ""), ("py", "public-name-gone")])
def test_a_name_may_move_to_another_file_where_nobody_notices(ending: str, expected: str) -> None:
    source = {"go": "package a\nfunc F() {}\n", "c": "int f(void) { return 1; }\n", "py": "def f(): ...\n"}[ending]
    empty = "package a\n" if ending == "go" else ""
    moved = patch(change(f"p/a.{ending}", source, empty), change(f"p/b.{ending}", empty, source))

    assert reason(evidence(passed(), passed(), Kind.REFACTOR, moved)) == expected


# -- fix --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "candidate", "expected"),
    [
        pytest.param((failed("test"),), (passed("test"),), "", id="red to green"),
        pytest.param((failed("test"),), (failed("test"),), "still-failing", id="still red"),
        pytest.param((result("test", CheckStatus.CANNOT_RUN),), (passed("test"),), "still-failing", id="never red"),
        pytest.param((failed("test"),), (result("test", CheckStatus.CANNOT_RUN),), "still-failing", id="cannot run"),
        pytest.param((lint("x"),), (lint(),), "", id="only lint was red"),
        pytest.param((lint("x"), failed("test")), (lint(), failed("test")), "still-failing", id="tidying is no fix"),
        pytest.param((lint("x"), failed("test")), (lint("x"), passed("test")), "", id="the test is what counts"),
        pytest.param((failed("a"), failed("b")), (passed("a"), failed("b")), "", id="one of two tests"),
    ],
)
def test_a_fix_turns_red_to_green(
    base: tuple[CheckResult, ...], candidate: tuple[CheckResult, ...], expected: str
) -> None:
    assert reason(evidence(base, candidate, Kind.FIX)) == expected


def test_a_fix_leaves_the_failing_test_alone_even_when_the_task_names_it() -> None:
    case = evidence(failed(), passed(), Kind.FIX, patch(change(), TEST), files=("tests/test_shop.py",))

    assert reason(case) == "test-changed"


# -- fix-lint ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(lint(F401 + F841), lint(F841), "", id="fewer"),
        pytest.param(lint(F401), lint(), "", id="none left"),
        pytest.param(lint(F401 + F401), lint(F401), "", id="one of two alike"),
        pytest.param(lint(F401), lint(F401), "not-fewer", id="as many"),
        pytest.param(lint(F401), lint(F401.replace("1:8", "44:2")), "not-fewer", id="moved"),
        pytest.param(lint(F401 + F401), lint(F841), "new-diagnostic", id="fewer, but a new one"),
        pytest.param(lint(F401), lint(F401 + F401), "new-diagnostic", id="more of the same"),
        pytest.param(lint(F401), lint(F401.replace("a.py", "b.py")), "new-diagnostic", id="another file"),
        pytest.param(lint(F401), lint("error: cannot read settings\n"), "new-diagnostic", id="the linter crashes"),
        pytest.param(lint("odd words\n"), lint("other odd words\n"), "not-fewer", id="output nobody can read"),
        pytest.param(lint(F401 + CUT + F841), lint(F841), "not-fewer", id="the base's output is cut"),
        pytest.param(lint(F401 + F841), lint(F401 + CUT), "not-fewer", id="the candidate's output is cut"),
        pytest.param(lint(), lint(), "not-fewer", id="green before"),
        pytest.param(failed("test"), passed("test"), "not-fewer", id="another kind of check"),
    ],
)
def test_fix_lint_wants_fewer_and_none_new(before: CheckResult, after: CheckResult, expected: str) -> None:
    assert reason(evidence(before, after, Kind.FIX_LINT)) == expected


def test_one_linter_may_stay_as_it_was_while_another_improves() -> None:
    ruff, flake8 = lint(F401, "ruff"), lint(F401, "flake8")
    verdict = rules_of(Kind.FIX_LINT).prove(evidence((ruff, flake8), (lint(None, "ruff"), flake8), Kind.FIX_LINT))

    assert verdict == Accepted(("ruff: failed on base, reports nothing any more",))


def test_says_how_many_are_left() -> None:
    verdict = rules_of(Kind.FIX_LINT).prove(evidence(lint(F401 + F841), lint(F841), Kind.FIX_LINT))

    assert verdict == Accepted(("lint: 2 diagnostics on base, 1 here, none new",))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "import os  # noqa: F401"),
        ("a.py", "# ruff: noqa"),
        ("a.py", "x = y  # type: ignore[name-defined]"),
        ("a.py", "# pylint: disable=all"),
        ("a.js", "// eslint-disable-next-line no-var"),
        ("a.ts", "// @ts-ignore"),
        ("a.c", "int x; // NOLINT(foo)"),
        ("a.go", "var x = 1 //nolint:all"),
        ("a.rs", "#[allow(unused)]"),
        ("a.sh", "# shellcheck disable=SC2086"),
    ],
)
def test_silencing_is_not_mending(path: str, line: str) -> None:
    silencing = patch(change(path, "x\n", f"{line}\n"))
    keeping = patch(change(path, f"{line}\ny\n", f"{line}\n"))

    assert reason(evidence(lint(F401), lint(), Kind.FIX_LINT, silencing)) == "silenced"
    assert reason(evidence(lint(F401), lint(), Kind.FIX_LINT, keeping)) == ""


def test_removing_the_file_is_not_mending_it() -> None:
    assert reason(evidence(lint(F401), lint(), Kind.FIX_LINT, patch(change(after=None)))) == "file-removed"


def test_fix_lint_on_what_ruff_really_prints(tmp_path: Path) -> None:
    def check(source: str) -> CheckResult:
        (tmp_path / "a.py").write_text(source)
        command = [
            str(Path(sys.executable).with_name("ruff")),
            "check",
            "--no-cache",
            "--isolated",
            "--output-format=concise",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return lint(done.stdout if done.returncode else None)

    messy = "import os\nimport sys\n\n\ndef f():\n    x = 1\n    return nowhere\n"
    better = "\n\n# a comment moves it all\n\nimport sys\n\n\ndef f():\n    x = 1\n    return nowhere\n"
    other = "\n\nimport sys\n\n\ndef f():\n    x = 1\n    return anywhere\n"

    assert reason(evidence(check(messy), check(better), Kind.FIX_LINT)) == ""
    assert reason(evidence(check(messy), check(other), Kind.FIX_LINT)) == "new-diagnostic"
    assert reason(evidence(check(messy), check(messy.replace("def f()", "def f(")), Kind.FIX_LINT)) == "new-diagnostic"
    assert reason(evidence(check(messy), check("\n" + messy), Kind.FIX_LINT)) == "not-fewer"


# -- document ---------------------------------------------------------------------------------------------------------


def documented(before: str | bytes | None, after: str | bytes | None, path: str = "a.py") -> str:
    return reason(evidence(passed(), passed(), Kind.DOCUMENT, Patch((change(path, before, after),))))


def document(*changes: Change) -> Verdict:
    return rules_of(Kind.DOCUMENT).prove(evidence(passed(), passed(), Kind.DOCUMENT, Patch(changes)))


CODE = "X = 1\n\n\ndef f(a):\n    return a\n\n\nclass C:\n    y = 2\n"
SAME_PROGRAM: Mapping[str, tuple[str | bytes, str | bytes]] = {
    "comment added": (CODE, "# why\n" + CODE),
    "comment changed": ("x = 1  # one\n", "x = 1  # uno\n"),
    "layout": ("f = (1,2)\n", "f = (\n    1,\n    2,\n)\n"),
    "module docstring added": (CODE, '"""What it is."""\n' + CODE),
    "docstring added": (CODE, CODE.replace("    return", '    """Give a."""\n    return')),
    "docstring changed": (
        'def f():\n    """Old."""\n    return 1\n',
        'def f():\n    """New.\n\n    Long."""\n    return 1\n',
    ),
    "docstring removed": ('async def f():\n    """Old."""\n    return 1\n', "async def f():\n    return 1\n"),
    "class docstring": ("class C:\n    y = 2\n", 'class C:\n    "Words."\n    y = 2\n'),
    "attribute docstring": ("class C:\n    y = 2\n", 'class C:\n    y = 2\n    """Years."""\n'),
    "docstring is the whole body": ('def f():\n    """Old."""\n', 'def f():\n    """New."""\n'),
    "docstring in place of pass": ("def f():\n    pass\n", 'def f():\n    """Do nothing."""\n'),
    "docstring in place of dots": (
        "class P:\n    def f(self): ...\n",
        'class P:\n    def f(self):\n        """Do."""\n',
    ),
    "docstring-only body loses it": ('def f():\n    """Old."""\n', "def f():\n    pass\n"),
    "line endings": (b"x = 1\r\n# a\r\n", b"x = 1\n# b\n"),
    "BOM": (b"\xef\xbb\xbfx = 1\n", b"x = 1\n"),
    "latin-1": (
        "# coding: latin-1\n# \xe9\nx = '\xe9'\n".encode("latin-1"),
        "# coding: latin-1\n# e\nx = '\xe9'\n".encode("latin-1"),
    ),
    "encoding declared anew": (
        "# coding: latin-1\nx = '\xe9'\n".encode("latin-1"),
        "# coding: utf-8\nx = '\xe9'\n".encode(),
    ),
    "a string Python warns of": ("x = '\\d'\n", "# a digit\nx = '\\d'\n"),
}
OTHER_PROGRAM: Mapping[str, tuple[str | bytes | None, str | bytes | None]] = {
    "value": ("x = 1\n", "x = 2\n"),
    "type of a value": ("x = 1\n", "x = True\n"),
    "name": (CODE, CODE.replace("def f", "def g")),
    "import": (CODE, "import os\n" + CODE),
    "default": ("def f(a=1): ...\n", "def f(a=2): ...\n"),
    "decorator": ("def f(): ...\n", "@cache\ndef f(): ...\n"),
    "string that is used": ("x = 'a'\n", "x = 'b'\n"),
    "f-string where a docstring stands": ('def f():\n    "x"\n', 'def f():\n    f"{g()}"\n'),
    "docstring turned into code": ('def f():\n    """Old."""\n', "def f():\n    return 1\n"),
    "code turned into docstring": ("def f():\n    return 1\n", 'def f():\n    """return 1"""\n'),
    "code turned into comment": ("x = 1\ny = 2\n", "x = 1\n# y = 2\n"),
    "bytes under another encoding": (b"# coding: latin-1\nx = '\xc3\xa9'\n", b"# coding: utf-8\nx = '\xc3\xa9'\n"),
    "not Python any more": ("x = 1\n", "x = \n"),
    "__future__ pushed down": (
        "from __future__ import annotations\n",
        '"a"\n"b"\nfrom __future__ import annotations\n',
    ),
    "NUL": (b"x = 1\n", b"x = 1\n\0"),
    "interpreter line": ("#!/usr/bin/python3\nx = 1\n", "#!/bin/sh\nx = 1\n"),
    "nested too deeply": ("x = 1\n", "x = " + "-" * 100_000 + "1\n"),
    "new file": (None, '"""Only words."""\n'),
    "file removed": ('"""Only words."""\n', None),
}


@pytest.mark.parametrize(("before", "after"), SAME_PROGRAM.values(), ids=SAME_PROGRAM)
def test_the_same_program_in_other_words(before: str | bytes, after: str | bytes) -> None:
    assert documented(before, after) == ""


@pytest.mark.parametrize(("before", "after"), OTHER_PROGRAM.values(), ids=OTHER_PROGRAM)
def test_another_program(before: str | bytes | None, after: str | bytes | None) -> None:
    assert documented(before, after) == "code-changed"


@pytest.mark.parametrize("path", ["README.md", "docs/a.rst", "docs/a.adoc", "README", "CHANGES.txt", "sub/Changelog"])
def test_prose_may_change_freely(path: str) -> None:
    assert documented("old\n", "new\n", path) == ""
    assert documented(None, "new\n", path) == ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *((path, "no-grammar") for path in ("requirements.txt", "docs/requirements.txt", "CMakeLists.txt", "Makefile")),
        *((path, "no-grammar") for path in ("a.mdx", "readme.py.sh")),
        ("a.py", "unreadable"),
        ("a.js", "unreadable"),
    ],
)
def test_what_cannot_be_compared_is_neither_shown_nor_refused(path: str, expected: str) -> None:
    verdict = document(change(path, "old)\n", "new)\n"))

    assert isinstance(verdict, Unverified)
    assert verdict.reason == expected


def test_what_is_refused_is_refused_whatever_cannot_be_compared_beside_it() -> None:
    verdict = document(change("Makefile", "a:\n", "b:\n"), change("a.c", "int x;\n", "int y;\n"))

    assert isinstance(verdict, Refused)


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("a.c", "int x;\n", "int x; // across\n", ""),
        ("a.c", "int x;\n", "int y; // across\n", "code-changed"),
        ("a.c", "int x;\n", "int x // across\n", "code-changed"),
        ("a.ts", "let x: number\n", "/** It. */\nlet x: number\n", ""),
        ("a.rs", "fn f() {}\n", "/// ```\n/// f();\n/// ```\nfn f() {}\n", ""),
        ("a.rs", "/// ```\n/// f();\n/// ```\nfn f() {}\n", "/// ```\n/// g();\n/// ```\nfn f() {}\n", "code-changed"),
        (
            "a.rs",
            "/// ```\n/// f();\n/// ```\nfn f() {}\n",
            "/// ```ignore\n/// f();\n/// ```\nfn f() {}\n",
            "code-changed",
        ),
        (
            "a.py",
            'def f():\n    """>>> f()\n    1\n    """\n',
            'def f():\n    """>>> f()\n    2\n    """\n',
            "code-changed",
        ),
        ("a.py", 'def f():\n    """F."""\n', 'def f():\n    """F.\n\n    >>> f()\n    """\n', ""),
    ],
)
def test_other_languages_and_examples_that_are_run(path: str, before: str, after: str, expected: str) -> None:
    assert documented(before, after, path) == expected


# -- test -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "after", "expected"),
    [
        pytest.param((TEST,), passed("test"), "no-cases", id="tests added, and not told of"),
        pytest.param((TEST, change()), passed("test"), "not-a-test", id="code touched"),
        pytest.param((TEST,), failed("test"), "not-shown", id="the new test fails"),
        pytest.param((TEST,), result("test", CheckStatus.CANNOT_RUN), "not-shown", id="cannot run"),
        pytest.param((TEST,), lint(), "not-shown", id="only lint passes"),
        pytest.param(
            (change("tests/test_a.py", TEST.after, TEST.before),), passed("test"), "tests-removed", id="removed"
        ),
        pytest.param(
            (change("tests/test_a.py", TEST.after, None),), passed("test"), "tests-removed", id="file removed"
        ),
    ],
)
def test_tests_are_added_and_pass(changes: tuple[Change, ...], after: CheckResult, expected: str) -> None:
    assert reason(evidence(passed("test"), after, Kind.TEST, Patch(changes))) == expected


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("tests/test_a.py", "def test_a(): ...\n", "@pytest.mark.skip\ndef test_a(): ...\n"),
        ("tests/test_a.py", "async def test_a(): ...\n", "async def check_a(): ...\n"),
        ("tests/test_a.py", "def test_a(): ...\n", "def test_a():\n    self.skipTest('x')\n"),
        ("a.test.js", "it('adds', () => 1)\n", "it.skip('adds', () => 1)\n"),
        ("a.test.js", "test('adds', () => 1)\n", "test('takes', () => 1)\n"),
        ("a_test.go", "func TestA(t *testing.T) {}\n", "func testA(t *testing.T) {}\n"),
        ("tests/a.rs", "#[test]\nfn adds() {}\n", "#[test]\n#[ignore]\nfn adds() {}\n"),
        ("src/test/java/ATest.java", "@Test\nvoid adds() {}\n", "@Test\nvoid takes() {}\n"),
        ("tests/a_test.cpp", "TEST(A, Adds) {}\n", "TEST(B, Adds) {}\n"),
    ],
)
def test_no_test_is_lost_or_skipped(path: str, before: str, after: str) -> None:
    changed, kept = patch(change(path, before, after)), patch(change(path, before, before + "\n" + before))

    assert reason(evidence(passed(), passed(), Kind.TEST, changed)) == "tests-removed"
    assert reason(evidence(passed(), passed(), Kind.TEST, kept)) == "no-cases"


OLD_TEST, NEW_TEST, SECOND = "t.py::test_a passed", "t.py::test_b passed", "t.py::test_c passed"
NOTICED = Mutation(frozenset({"t.py::test_b"}), 7)


@pytest.mark.parametrize(
    ("after", "mutation", "expected"),
    [
        ((OLD_TEST, NEW_TEST), NOTICED, ""),
        ((OLD_TEST, NEW_TEST, SECOND), NOTICED, "blind-test"),
        ((OLD_TEST, NEW_TEST), Mutation(frozenset({"t.py::test_a"}), 7), "blind-test"),
        ((OLD_TEST,), NOTICED, "no-new-test"),
        ((OLD_TEST, "t.py::test_b skipped"), NOTICED, "no-new-test"),
        ((OLD_TEST, NEW_TEST), Mutation(obstacle="no code found"), "no-mutants"),
        ((OLD_TEST, NEW_TEST), None, "no-mutants"),
    ],
)
def test_each_new_test_must_notice_a_fault(after: tuple[str, ...], mutation: Mutation | None, expected: str) -> None:
    case = evidence(by_case(OLD_TEST), by_case(*after), Kind.TEST, patch(TEST))

    assert reason(replace(case, mutation=mutation)) == expected


def test_the_first_tests_of_a_project_are_all_new() -> None:
    none_yet = result("test", CheckStatus.CANNOT_RUN)
    case = evidence(none_yet, by_case(NEW_TEST), Kind.TEST, patch(TEST))

    assert reason(replace(case, mutation=NOTICED)) == ""
    assert reason(replace(case, mutation=Mutation(frozenset(), 7))) == "blind-test"


FIX_OTHER, FIX_RED, FIX_GREEN = "t.py::a passed", "t.py::b failed", "t.py::b passed"


@pytest.mark.parametrize(
    ("before", "after", "path", "expected"),
    [
        (by_case(FIX_OTHER, FIX_RED), by_case(FIX_OTHER, FIX_GREEN), "src/x.py", ""),
        (by_case(FIX_OTHER, FIX_RED), by_case(FIX_OTHER, FIX_RED), "src/x.py", "still-failing"),
        (by_case(FIX_OTHER, FIX_RED), by_case(FIX_OTHER, FIX_GREEN), "t.py", "test-changed"),
        (by_case(FIX_OTHER, FIX_RED, flaky=("t.py::b",)), by_case(FIX_OTHER, FIX_GREEN), "src/x.py", "still-failing"),
        (by_case(FIX_RED, "t.py::c failed"), by_case(FIX_GREEN, "t.py::c failed"), "src/x.py", "still-failing"),
        (by_case(FIX_RED, "t.py::c failed"), by_case(FIX_GREEN, "t.py::c passed"), "src/x.py", ""),
        (by_case("t.py failed"), by_case(FIX_GREEN), "src/x.py", ""),
        (result("test", CheckStatus.TIMED_OUT), by_case(FIX_GREEN), "src/x.py", ""),
        (result("test", CheckStatus.TIMED_OUT), by_case(FIX_RED), "src/x.py", "still-failing"),
        (result("test", CheckStatus.TIMED_OUT), result("test", CheckStatus.TIMED_OUT), "src/x.py", "still-failing"),
        (by_case("t.py failed", "u.py failed"), by_case(FIX_GREEN, "u.py failed"), "src/x.py", "still-failing"),
        (by_case("t.py failed", "u.py failed"), by_case(FIX_RED, "u.py failed"), "src/x.py", "still-failing"),
    ],
)
def test_a_fix_turns_a_red_test_green(before: CheckResult, after: CheckResult, path: str, expected: str) -> None:
    made = evidence(before, after, Kind.FIX, patch(change(path)))

    assert reason(made) == expected


def test_a_fix_of_named_tests_leaves_others_failing_and_says_so() -> None:
    before, after = by_case(FIX_RED, "t.py::c failed"), by_case(FIX_GREEN, "t.py::c failed")
    verdict = judge(evidence(before, after, Kind.FIX, accept=("t.py::b",)))

    assert isinstance(verdict, Accepted)
    assert verdict.shown == (
        "test: failed on base, failed here (2 tests)",
        "tests failed on base, pass here: t.py::b",
    )
    assert verdict.doubts == ("still failing, as on the base: t.py::c",)


# -- the whole verdict ------------------------------------------------------------------------------------------------


def test_an_accepted_verdict_says_what_each_check_and_the_contract_showed() -> None:
    verdict = judge(evidence((lint(F401), passed("test")), (lint(), passed("test")), Kind.FIX_LINT))

    assert verdict == Accepted(("test: passed on base, passed here", "lint: failed on base, reports nothing any more"))

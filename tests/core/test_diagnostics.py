from __future__ import annotations

from collections import Counter

import pytest

from gitbuddy.core.diagnostics import diagnostics, is_cut
from gitbuddy.sandboxes.excerpt import Excerpt

UNFORMATTED = "is not formatted as the formatter would"
RUFF_CONCISE = """\
a.py:1:8: F401 [*] `os` imported but unused
a.py:10:5: F811 Redefinition of unused `f` from line 5: `f` redefined here
a.py:11:89: E501 Line too long (160 > 88)
Found 3 errors.
[*] 1 fixable with `--fix` (1 unsafe fix available with `--fix --unsafe-fixes`).
"""
RUFF_FULL = """\
F401 [*] `os` imported but unused
 --> a.py:1:8
  |
1 | import os
  |        ^^
2 | import sys
  |
help: Remove unused import: `os`

Found 1 error.
"""
RUFF_FORMAT = """\
unformatted: File would be reformatted
  --> a.py:11:12
   |
10 | def f(x: int) -> str:
   -     return x+1
11 +     return x + 1
   |

1 file would be reformatted
"""
FLAKE8 = """\
./a.py:1:1: F401 'os' imported but unused
./a.py:10:1: F811 redefinition of unused 'f' from line 5
"""
MYPY = """\
a.py:7: error: Incompatible return value type (got "int", expected "str")  [return-value]
a.py:10: error: Name "f" already defined on line 5  [no-redef]
Found 2 errors in 1 file (checked 1 source file)
"""
PYLINT = """\
************* Module a
a.py:6:4: W0612: Unused variable 'l' (unused-variable)

-----------------------------------
Your code has been rated at 0.00/10
"""
ESLINT_STYLISH = """\

/repo/a.js
  1:1   warning  Unexpected var, use let or const instead  no-var
  1:5   error    'x' is assigned a value but never used    no-unused-vars

/repo/b.js
  3:1  error  'y' is not defined  no-undef

✖ 3 problems (2 errors, 1 warning)

"""
ESLINT_UNIX = """\
/repo/a.js:1:5: 'x' is assigned a value but never used. [Error/no-unused-vars]

1 problem
"""
ESLINT_COMPACT = """\
/repo/a.js: line 1, col 5, Error - 'x' is assigned a value but never used. (no-unused-vars)

1 problem
"""
TSC = "a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n"
GCC = """\
a.c: In function 'main':
a.c:1:37: warning: implicit declaration of function 'foo' [-Wimplicit-function-declaration]
    1 | int main(void) { int unused; return foo(); }
      |                                     ^~~
"""
CLIPPY = """\
warning: unused variable: `x`
 --> src/main.rs:2:9
  |
2 |     let x = 1;
  |         ^ help: if this is intentional, prefix it with an underscore: `_x`

warning: `demo` (bin "demo") generated 1 warning
"""
BLACK = "would reformat /repo/a.py\n\nOh no!\n1 file would be reformatted.\n"
OLD_RUFF_FORMAT = "Would reformat: a.py\n1 file would be reformatted\n"
PRETTIER = """\
Checking formatting...
[warn] a.js
[warn] Code style issues found in the above file. Run Prettier with --write to fix.
"""


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param(
            RUFF_CONCISE,
            {
                ("a.py", "F401", "`os` imported but unused"),
                ("a.py", "F811", "Redefinition of unused `f` from line #: `f` redefined here"),
                ("a.py", "E501", "Line too long (# > #)"),
            },
            id="ruff-concise",
        ),
        pytest.param(RUFF_FULL, {("a.py", "F401", "`os` imported but unused")}, id="ruff-full"),
        pytest.param(RUFF_FORMAT, {("a.py", "unformatted", "File would be reformatted")}, id="ruff-format"),
        pytest.param(OLD_RUFF_FORMAT, {("a.py", "format", UNFORMATTED)}, id="ruff-format-before"),
        pytest.param(
            FLAKE8,
            {
                ("a.py", "F401", "'os' imported but unused"),
                ("a.py", "F811", "redefinition of unused 'f' from line #"),
            },
            id="flake8",
        ),
        pytest.param(
            MYPY,
            {
                ("a.py", "return-value", 'error: Incompatible return value type (got "int", expected "str")'),
                ("a.py", "no-redef", 'error: Name "f" already defined on line #'),
            },
            id="mypy",
        ),
        pytest.param(PYLINT, {("a.py", "W0612", "Unused variable 'l'")}, id="pylint"),
        pytest.param(
            ESLINT_STYLISH,
            {
                ("/repo/a.js", "no-var", "warning: Unexpected var, use let or const instead"),
                ("/repo/a.js", "no-unused-vars", "error: 'x' is assigned a value but never used"),
                ("/repo/b.js", "no-undef", "error: 'y' is not defined"),
            },
            id="eslint-stylish",
        ),
        pytest.param(
            ESLINT_UNIX,
            {("/repo/a.js", "no-unused-vars", "'x' is assigned a value but never used.")},
            id="eslint-unix",
        ),
        pytest.param(
            ESLINT_COMPACT,
            {("/repo/a.js", "no-unused-vars", "Error: 'x' is assigned a value but never used.")},
            id="eslint-compact",
        ),
        pytest.param(TSC, {("a.ts", "TS2322", "error: Type 'string' is not assignable to type 'number'.")}, id="tsc"),
        pytest.param(
            GCC,
            {("a.c", "-Wimplicit-function-declaration", "warning: implicit declaration of function 'foo'")},
            id="gcc",
        ),
        pytest.param(CLIPPY, {("src/main.rs", "", "warning: unused variable: `x`")}, id="clippy"),
        pytest.param(BLACK, {("/repo/a.py", "format", UNFORMATTED)}, id="black"),
        pytest.param(PRETTIER, {("a.js", "format", UNFORMATTED)}, id="prettier"),
    ],
)
def test_reads_what_linters_print(output: str, expected: set[tuple[str, str, str]]) -> None:
    assert diagnostics(output) == Counter(expected)


@pytest.mark.parametrize(
    "output",
    ["", "\n", "All checks passed!\n", "Found 3 errors.\n", "  indented.py:1:1: x\n", "12 files left unchanged\n"],
)
def test_finds_nothing_where_nothing_is_said(output: str) -> None:
    assert diagnostics(output) == Counter()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a.py:1:8: F401 `os` unused\n", "a.py:31:2: F401 `os` unused\n"),
        (
            'a.py:10: error: Name "f" already defined on line 5\n',
            'a.py:11: error: Name "f" already defined on line 6\n',
        ),
        ("a.py:1:8: F401 [*] `os` unused\n", "a.py:1:8: F401 `os` unused\n"),
        ("a.py:1:8: F401 `os` unused\r\n", "\x1b[1ma.py\x1b[0m:1:8: F401 `os` unused\n"),
        ("/r/a.js\n  1:5  error  no\n", "/r/a.js\n  13:52  error  no\n"),
        ("a.py:9:121: E501 Line too long (130 > 120)\n", "a.py:9:121: E501 Line too long (125 > 120)\n"),
    ],
)
def test_code_that_moved_is_no_news(before: str, after: str) -> None:
    assert diagnostics(before) == diagnostics(after)


def test_the_same_words_twice_count_twice() -> None:
    found = diagnostics("a.py:1:1: F821 Undefined name `x`\na.py:9:1: F821 Undefined name `x`\n")

    assert found == Counter({("a.py", "F821", "Undefined name `x`"): 2})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a.py:1:8: F401 `os` unused\n", "b.py:1:8: F401 `os` unused\n"),
        ("a.py:1:8: F401 `os` unused\n", "a.py:1:8: F811 `os` unused\n"),
        ("a.py:1:8: F401 `os` unused\n", "a.py:1:8: F401 `sys` unused\n"),
    ],
)
def test_another_file_another_rule_or_other_words_are_news(before: str, after: str) -> None:
    assert not diagnostics(after) <= diagnostics(before)


def test_a_diagnostic_is_told_in_one_line() -> None:
    (found,) = diagnostics("a.py:1:8: F401 [*] `os` imported but unused\n")

    assert str(found) == "a.py: F401 `os` imported but unused"


def test_knows_an_output_of_which_the_middle_is_missing() -> None:
    excerpt = Excerpt(64)
    excerpt.add(b"a.py:1:1: F401 unused\n" * 10)

    assert is_cut(excerpt.read().decode())
    assert not is_cut("a.py:1:1: F401 unused\n" * 10)

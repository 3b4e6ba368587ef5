"""Small faults put into code: which, in what order, and whether tests that are worth something notice them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gitbuddy.core.languages import problems
from gitbuddy.core.mutants import Mutant, mutants


def whats(path: str, source: str) -> list[str]:
    return [mutant.what for mutant in mutants(path, source.encode(), 999)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("x = a < b\n", ["`<` became `<=`"], id="comparison"),
        pytest.param("x = a is  not b\n", ["`is not` became `is`"], id="two words"),
        pytest.param("x = (a) + (b)  # +\n", ["`+` became `-`"], id="arithmetic"),
        pytest.param("x = a and b\n", ["`and` became `or`"], id="logic"),
        pytest.param("x = True\n", ["`True` became `False`"], id="truth"),
        pytest.param("x = 9\n", ["`9` became `10`"], id="number"),
        pytest.param("x = 1.5\n", ["`1.5` became `2.5`"], id="broken number"),
        pytest.param("x = 0xFF\n", [], id="hexadecimal"),
        pytest.param("x = 'a' 'b'\n", ["`'a' 'b'` became `\"\"`"], id="text"),
        pytest.param("x = f'{a + 1}'\n", ["`f'{a + 1}'` became `\"\"`"], id="f-string"),
        pytest.param("x = ''\n", [], id="empty text"),
        pytest.param("x = not a\n", ["`not` is gone before `a`"], id="not"),
        pytest.param("x += y\n", ["`+=` became `-=`"], id="augmented assignment"),
        pytest.param("def f():\n    return a\n", ["what is returned became `None`"], id="return"),
        pytest.param("def f():\n    return\n", [], id="return of nothing"),
        pytest.param("f = lambda: a\n", ["what is returned became `None`"], id="lambda"),
        pytest.param("if a:\n    b\n", ["`a` became `not (a)`"], id="condition"),
        pytest.param("while a:\n    b\n", ["`a` became `False`"], id="loop"),
        pytest.param("f(a)\n", ["`f(a)` is gone"], id="call"),
        pytest.param("raise E('a')\n", ["`raise E('a')` is gone"], id="raise, and not its words"),
        pytest.param("x = a[b:c]\n", ["`b` became `(b) + 1`", "`c` became `(c) + 1`"], id="slice"),
        pytest.param("for i in range(n):\n    x\n", ["`n` became `(n) + 1`"], id="range"),
        pytest.param("x = a + 'b'\n", ["`'b'` became `\"\"`"], id="text cannot be subtracted"),
        pytest.param("\ufeffx = a < b\n", ["`<` became `<=`"], id="BOM"),
        pytest.param("x = 'é'; y = a < b\r\n", ["`<` became `<=`", "`'é'` became `\"\"`"], id="wide characters"),
    ],
)
def test_faults_of_python(source: str, expected: list[str]) -> None:
    assert whats("a.py", source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring of 3."""\n# 1 < 2\n',
        "import a.b\nfrom c import d\n",
        "def f(a: Literal[1]) -> Literal['b']: ...\nx: Literal['c']\n",
        "@retry(3)\nclass C(B, kind=1): ...\n",
        "if __name__ == '__main__':\n    f(1)\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "log.info('a %s', b + 1)\nself._logger.debug('a')\n",
        "__all__ = ['a']\n",
        "x = ValueError('a')\n",
        "x = \n",
        "# coding: latin-1\nx = 1 # \xe9\n",
    ],
)
def test_what_is_left_alone_in_python(source: str) -> None:
    assert mutants("a.py", source.encode("latin-1"), 999) == ()


OTHERS: Mapping[str, tuple[str, list[str]]] = {
    "a.js": (
        "'use strict'\nimport a from 'b'\nconst f = (x) => x === 1\nconsole.log('a')\nif (y) { g(y) }\n",
        [
            "what is returned became `undefined`",
            "`===` became `!==`",
            "`1` became `2`",
            "`(y)` became `(!(y))`",
            "`g(y)` is gone",
        ],
    ),
    "a.ts": (
        "type T = 'a' | 1\nfunction f(x: 1 | 2 = 1): 'b' { throw new Error('c') }\n",
        ["`throw new Error('c')` is gone", "`1` became `2`"],
    ),
    "a.go": (
        (
            'package a\n\nimport "b"\n\nfunc F(x int) (bool, error) {\n\tb.C(x)\n\treturn !x, errors.New("no")\n}\n'
            'func g() bool { return x }\ntype S struct{ A int `json:"a"` }\n'
        ),
        ["`!` is gone before `x`", "what is returned became `!(x)`"],
    ),
    "a.rs": (
        '#[cfg(test)]\nmod tests { fn t() { 1; } }\nfn f(a: u8) -> bool { println!("{}", 1); a.b(); !a }\n',
        ["what is returned became `!(!a)`", "`!` is gone before `a`", "`a.b();` is gone"],
    ),
    "A.java": (
        'class A { @B("c") int f(int x) { log.info("d"); for (int i = 9; i < x; i++) g(); return x; } }\n',
        ["what is returned became `(x) + 1`", "`<` became `<=`", "`g();` is gone", "`9` became `10`"],
    ),
    "a.c": (
        "#include <a.h>\n#if X > 1\nint a[3];\n#endif\nstatic int f(char *s) { x -= 1; return x; }\n",
        ["what is returned became `(x) + 1`", "`-=` became `+=`", "`1` became `2`"],
    ),
    "a.cpp": (
        'extern "C" { bool f() { if (auto x = g()) return true; return h<1>(x); } }\n',
        [
            "what is returned became `!(true)`",
            "`true` became `false`",
            "what is returned became `!(h<1>(x))`",
        ],
    ),
    "a.rb": ("x = 1\n", []),
}


@pytest.mark.parametrize(("path", "source", "expected"), [(path, *rest) for path, rest in OTHERS.items()], ids=OTHERS)
def test_faults_of_other_languages(path: str, source: str, expected: list[str]) -> None:
    assert whats(path, source) == expected


FILE = """\
x = 1
def first(a):
    if a < 2:
        return a + 1
    return a
class C:
    def second(self):
        return 4
def third():
    return 5
"""


def functions_of(found: tuple[Mutant, ...]) -> list[str]:
    names = {1: "", **dict.fromkeys((3, 4, 5), "first"), 8: "second", 10: "third"}
    return [names[mutant.line] for mutant in found]


def test_the_first_mutants_cover_every_function_and_the_top_comes_last() -> None:
    found = functions_of(mutants("a.py", FILE.encode(), 999))

    assert found[:6] == ["first", "second", "third"] * 2
    assert found[-1] == ""


@pytest.mark.parametrize(("name", "expected"), [("third", ["third"] * 2), ("C", ["second"] * 2)])
def test_functions_that_are_asked_for_come_first(name: str, expected: list[str]) -> None:
    assert functions_of(mutants("a.py", FILE.encode(), 999, frozenset({name})))[:3] == [*expected, "first"]


@pytest.mark.parametrize("most", [0, 1, 4])
def test_there_are_at_most_as_many_as_asked_for(most: int) -> None:
    assert mutants("a.py", FILE.encode(), most) == mutants("a.py", FILE.encode(), 999)[:most]


@pytest.mark.parametrize(
    ("path", "source"), [("a.py", FILE), *((path, source) for path, (source, _) in OTHERS.items())]
)
def test_every_mutant_parses_differs_and_keeps_all_other_bytes(path: str, source: str) -> None:
    found = mutants(path, source.encode(), 999)

    assert len({mutant.source for mutant in found} | {source.encode()}) == len(found) + 1
    for mutant in found:
        before, after = source.split("\n"), mutant.source.decode().split("\n")
        changed = [number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]]
        assert problems(mutant.source, path) == ""
        assert changed == [mutant.line]


WORTH: Mapping[str, tuple[str, str]] = {
    "clamp": (
        (
            "def clamp(x, low, high):\n    if x < low:\n        return low\n"
            "    if x > high:\n        return high\n    return x\n"
        ),
        "assert clamp(1, 2, 4) == 2 and clamp(5, 2, 4) == 4 and clamp(3, 2, 4) == 3",
    ),
    "count": (
        (
            "def count(text):\n    found = {}\n    for word in text.split():\n"
            "        found[word] = found.get(word, 0) + 1\n    return found\n"
        ),
        "assert count('a b a') == {'a': 2, 'b': 1}",
    ),
    "leap": (
        "def leap(year):\n    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)\n",
        "assert [y for y in (1900, 1999, 2000, 2004, 2023) if leap(y)] == [2000, 2004]",
    ),
    "greet": (
        "def greet(name, loud=False):\n    words = f'hello {name}'\n    return words.upper() if loud else words\n",
        "assert greet('a') == 'hello a' and greet('a', loud=True) == 'HELLO A'",
    ),
    "refuse": (
        "def refuse(n):\n    if n < 0:\n        raise ValueError('negative')\n    return n * 2\n",
        (
            "try:\n    refuse(-1)\nexcept ValueError:\n    pass\nelse:\n"
            "    assert False\nassert refuse(3) == 6 and refuse(0) == 0"
        ),
    ),
    "pairs": (
        "def pairs(items):\n    return [(items[i], items[i + 1]) for i in range(len(items) - 1)]\n",
        "assert pairs([1, 2, 3]) == [(1, 2), (2, 3)]",
    ),
    "push": (
        "def push(stack, x):\n    stack.append(x)\n",
        "s = []\npush(s, 1)\nassert s == [1]",
    ),
}
"""Function, and a test of it that is worth something."""
EQUIVALENT = {"clamp": 2}
"""Faults that are none: `x < low` and `x <= low` give the same where x is low."""


def noticed(source: bytes, test: str) -> bool:
    """Whether the test fails on this source."""
    scope: dict[str, object] = {}
    exec(source, scope)
    try:
        exec(test, scope)
    except Exception:
        return True
    return False


@pytest.mark.parametrize(("name", "source", "test"), [(name, *rest) for name, rest in WORTH.items()], ids=WORTH)
def test_a_test_that_is_worth_something_notices_every_fault(name: str, source: str, test: str) -> None:
    found = mutants(f"{name}.py", source.encode(), 999)
    missed = [mutant.what for mutant in found if not noticed(mutant.source, test)]

    assert not noticed(source.encode(), test)
    assert found
    assert len(missed) == EQUIVALENT.get(name, 0), missed


@pytest.mark.parametrize(("name", "source", "test"), [(name, *rest) for name, rest in WORTH.items()], ids=WORTH)
@pytest.mark.parametrize("blind", ["assert True", "assert {name}", "assert callable({name})", "assert 1 + 1 == 2"])
def test_a_test_that_shows_nothing_notices_none(name: str, source: str, test: str, blind: str) -> None:
    found = mutants(f"{name}.py", source.encode(), 999)

    assert not [mutant.what for mutant in found if noticed(mutant.source, blind.format(name=name))]

"""Files as they are: characters of several bytes, other ends of lines, tabs; what cannot be read is refused by name."""

from __future__ import annotations

import ast
from itertools import islice

import pytest

from gitbuddy.core.repair import Source, Unreadable, candidates, places

FUNCTION = '''\
def weigh(naïve, items):
\t"""Wörter."""
\ttotal = 0  # ≤ ∑
\tfor item in items:
\t\tif item > "ß" and naïve != item:
\t\t\ttotal += len("éé") - item[1:]; total -= 1
\t\telif not items:
\t\t\treturn (total
\t\t\t\t+ 1)  # two lines
\treturn max(total, 1)
'''


def tried(data: bytes, most: int = 1000) -> list[bytes]:
    source = Source("a.py", data)
    found = islice(candidates({"a.py": source}, places(source)), most)
    return [source.encoded(one.applied(source.text)) for one in found]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(FUNCTION.encode(), id="tabs and wide characters"),
        pytest.param(FUNCTION.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(FUNCTION.replace("\n", "\r\n").rstrip().encode("utf-8-sig"), id="BOM, no end of the last line"),
        pytest.param(("# coding: latin-1\n" + FUNCTION.replace("≤ ∑", "é")).encode("latin-1"), id="latin-1"),
        pytest.param(b"x = 1\n\x0c\n" + FUNCTION.encode() + b"class A: a = 1\n", id="form feed, other statements"),
    ],
)
def test_all_repairs_parse_differ_and_leave_the_rest_as_it_is(data: bytes) -> None:
    made = tried(data)
    program = ast.dump(ast.parse(data))
    comments = [line for line in data.splitlines(keepends=True) if b"#" in line]

    assert len(made) > 500
    assert len(set(made)) == len(made)
    for one in made:
        assert ast.dump(ast.parse(one)) != program
        assert b"\r\n" not in data or one.replace(b"\r\n", b"").count(b"\n") == 0
        assert one.startswith(data[:3])
    assert all(sum(comment in one for one in made) > len(made) / 2 for comment in comments)


def test_bytes_outside_an_edit_stay() -> None:
    source = Source("a.py", FUNCTION.replace("\n", "\r\n").encode("utf-8-sig"))
    one = next(c for c in candidates({"a.py": source}, places(source)) if c.edits[0].text == "or")

    before, after = source.data.split(b"and", 1)

    assert source.encoded(one.applied(source.text)) == before + b"or" + after


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"def f(:\n", "a.py cannot be read as Python: line 1: invalid syntax", id="syntax"),
        pytest.param(b"x = '\xff'\n", "a.py cannot be read as Python", id="bytes that are no text"),
        pytest.param(b"# coding: nonsense\nx = 1\n", "a.py cannot be read as Python", id="an encoding nobody knows"),
        pytest.param(b"x = " + b"(" * 5000 + b")" * 5000, "a.py cannot be read as Python", id="too deep"),
        pytest.param(b"x = 1\0\n", "a.py cannot be read as Python", id="a null byte"),
        pytest.param(b"return 1\n", "'return' outside function", id="what parses and cannot run"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=r"^a\.py cannot be read as Python: .") as refused:
        Source("a.py", data)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return " + " + ".join(["a"] * 200), id="a long sum"),
        pytest.param("return " + "-" * 80 + "a", id="a deep expression"),
        pytest.param("return 1" + "0" * 400 + " + 1e308", id="numbers beyond measure"),
        pytest.param("return f'{a!r:>{len(a)}}' 'b'", id="f-strings"),
        pytest.param(
            "match a:\n        case 1:\n            return 2\n        case _:\n            return 3", id="match"
        ),
        pytest.param("try:\n        g(a)\n    except E as e:\n        raise\n    finally:\n        g(a)", id="try"),
        pytest.param("async def g():\n        await a\n        async with a: pass\n    return g", id="async"),
        pytest.param("a[1, 2:a] = *a, b = a, *a", id="stars and slices"),
        pytest.param("if (a := b) > 1: return a\n    else: return (yield a)", id="on one line"),
        pytest.param("return (\n        a  # (\n        + (b)  # )\n    )", id="parentheses in comments"),
        pytest.param('return """\na\n"""', id="text over lines"),
        pytest.param("return a if b else \\\n        b", id="a line that goes on"),
        pytest.param("pass", id="nothing"),
        pytest.param("return '\\d'", id="what Python warns of"),
    ],
)
def test_unusual_code_is_read_and_its_repairs_parse(body: str) -> None:
    for one in tried(f"def f(a, b):\n    {body}\n".encode(), 300):
        compile(ast.parse(one.replace(b"'\\d'", b"")), "a.py", "exec")

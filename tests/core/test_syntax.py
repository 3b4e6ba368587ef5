from __future__ import annotations

import pytest

from gitbuddy.core.syntax import parse, public_names, skeleton


@pytest.mark.parametrize("source", [b"x = \n", b"\0", b"\xff", b"return 1\n", b"x = " + b"-" * 100_000 + b"1\n"])
def test_what_is_no_program_is_a_value_error(source: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(source)
    with pytest.raises(ValueError, match=r"."):
        skeleton(source)


def test_a_long_chain_of_operators_is_too_deep_and_no_crash() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        skeleton(b"x = " + b"1 + " * 50_000 + b"1\n")


def test_docstrings_and_idle_statements_leave_no_trace() -> None:
    assert skeleton(b'"""a"""\ndef f():\n    "b"\n    pass\n    ...\n') == skeleton(b"def f(): ...\n")


def test_a_string_within_a_block_of_code_is_code() -> None:
    assert skeleton(b"if x:\n    'a'\n") != skeleton(b"if x:\n    'b'\n")


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("a = b = 1\nc: int = 2\n_d = 3\n", "m.py", {"a", "b", "c"}),
        ("def f(): ...\nasync def g(): ...\ndef _h(): ...\n", "m.py", {"f", "g"}),
        ("class C:\n    x = 1\n    def m(self): ...\n    def _n(self): ...\n", "m.py", {"C", "C.x", "C.m"}),
        ("class _C:\n    x = 1\n", "m.py", set()),
        ("if True:\n    a = 1\nelse:\n    b = 1\ntry:\n    c = 1\nexcept E:\n    pass\n", "m.py", {"a", "b", "c"}),
        ("(a, [b, *c]) = x\n", "m.py", {"a", "b", "c"}),
        ("from .x import y, z as w\nimport os\n", "m.py", set()),
        ("from .x import y, z as w\nimport os\n", "p/__init__.py", {"y", "w"}),
    ],
)
def test_public_names(source: str, path: str, expected: set[str]) -> None:
    assert public_names(source.encode(), path) == expected

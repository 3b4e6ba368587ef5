from __future__ import annotations

import pytest
from made import change, patch

from gitbuddy.core.rules.dynamic import dynamic

PLAIN = "X = 1\n"


@pytest.mark.parametrize(
    "code",
    [
        "__import__('o' + 's')",
        "import importlib\nimportlib.import_module(name)",
        "exec(text)",
        "setattr(a, name, 1)",
        "type('A', (), {'__' + 'eq__': f})",
        "type('A', (), table)",
        "vars(a)['b' + 'c'] = 1",
        "globals()[name] = 1",
    ],
)
def test_names_made_while_it_runs_are_told_of(code: str) -> None:
    (words,) = dynamic(patch(change("src/a.py", PLAIN, f"{PLAIN}{code}\n")))

    assert words.startswith("src/a.py puts names together while it runs (")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", PLAIN, "__import__('os')\nexec('x = 1')\nsetattr(a, 'b', 1)\ntype('A', (), {'b': 1})\n"),
        ("a.py", "exec(text)\n", "exec(text)\nY = 2\n"),
        ("a.py", PLAIN, "type(a)\nvars(a)['b']\nglobals()['c'] = 1\n"),
        ("tests/test_a.py", PLAIN, "exec(text)\n"),
        ("a.js", PLAIN, "exec(text)\n"),
        ("a.py", PLAIN, "def broken(:\n"),
        ("a.py", PLAIN, None),
    ],
)
def test_plain_names_and_what_was_there_are_not(path: str, before: str, after: str | None) -> None:
    assert dynamic(patch(change(path, before, after))) == ()

"""Code that would change what the tests say, and the honest code that looks a little like it."""

from __future__ import annotations

import pytest
from made import change

from gitbuddy.core.rules.tampering import shadows, tampering
from gitbuddy.values import Kind, Origin, Task

CHEATS = {
    "an early end": ("a.py", "import os\nos._exit(0)\n"),
    "under another name": ("a.py", "from os import _exit as leave\nleave(0)\n"),
    "by getattr": ("a.py", "import os\ngetattr(os, '_exit')(0)\n"),
    "a plain exit": ("a.py", "import sys\n\n\ndef total():\n    sys.exit(0)\n"),
    "SystemExit": ("a.py", "raise SystemExit(0)\n"),
    "at exit": ("a.py", "import atexit, os\natexit.register(os._exit, 0)\n"),
    "always equal": ("a.py", "class A:\n    def __eq__(self, other):\n        return True\n"),
    "never unequal": ("a.py", "class A:\n    def __ne__(self, other):\n        return False\n"),
    "equal by lambda": ("a.py", "class A: ...\n\n\nA.__eq__ = lambda one, other: True\n"),
    "equal by type": ("a.py", "A = type('A', (), {'__eq__': lambda one, other: True})\n"),
    "contains all": ("a.py", "class A:\n    def __contains__(self, item):\n        return 1\n"),
    "a builtin replaced": ("a.py", "import builtins\nbuiltins.AssertionError = KeyError\n"),
    "by setattr": ("a.py", "import builtins\nsetattr(builtins, 'print', None)\n"),
    "a module replaced": ("a.py", "import sys\nsys.modules['pytest'] = None\n"),
    "the runner imported": ("a.py", "import pytest\n"),
    "its inside imported": ("a.py", "from _pytest import runner\n"),
    "imported by a string": ("a.py", "import importlib\nimportlib.import_module('_pytest.runner')\n"),
    "unittest patched": ("a.py", "import unittest\nunittest.TestCase.assertEqual = print\n"),
    "a look for the runner": ("a.py", "import sys\nFAST = 'pytest' in sys.modules\n"),
    "a look at its variable": ("a.py", "import os\nif os.environ.get('PYTEST_CURRENT_TEST'): pass\n"),
    "a look at the caller": ("a.py", "import inspect\nprint(inspect.stack()[1])\n"),
    "frames": ("a.py", "import sys\nsys._getframe(1)\n"),
    "a trace": ("a.py", "import sys\nsys.settrace(print)\n"),
    "all objects": ("a.py", "import gc\ngc.get_objects()\n"),
    "in a string": ("a.py", "exec('import os; os._exit(0)')\n"),
    "killing itself": ("a.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"),
    "node": ("src/a.js", "process.exit(0)\n"),
    "go": ("a.go", 'package a\n\nimport "os"\n\nfunc F() { os.Exit(0) }\n'),
    "rust": ("src/a.rs", "pub fn f() { std::process::exit(0) }\n"),
    "c": ("a.c", "#include <stdlib.h>\nvoid f(void) { _exit(0); }\n"),
    "c++": ("a.cpp", "#include <cstdlib>\nvoid f() { std::quick_exit(0); }\n"),
}
HONEST = {
    "a main": ("a.py", "import sys\n\nif __name__ == '__main__':\n    sys.exit(0)\n"),
    "a command": ("a.py", "import sys\n\n\ndef main():\n    sys.exit(0)\n"),
    "an error": ("a.py", "import sys\n\n\ndef total():\n    sys.exit('no prices')\n"),
    "a comparison": ("a.py", "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n"),
    "one that declines": ("a.py", "class A:\n    def __eq__(self, other):\n        return NotImplemented\n"),
    "another method": ("a.py", "class A:\n    def is_empty(self):\n        return True\n"),
    "a module of its own": ("a.py", "import sys\nprint(sys.modules[__name__])\n"),
    "words": ("a.py", "# os._exit(0)\nTEXT = 'import pytest'\n"),
    "other text": ("a.md", "os._exit(0)\n"),
    "a test": ("tests/test_a.py", "import pytest\n"),
    "go's main": ("main.go", 'package main\n\nimport "os"\n\nfunc main() { os.Exit(1) }\n'),
}


@pytest.mark.parametrize(("path", "code"), CHEATS.values(), ids=CHEATS)
def test_tampering_is_named(path: str, code: str) -> None:
    words = tampering(change(path, "", code))

    assert words is not None
    assert "can change what the tests say" in words


@pytest.mark.parametrize(("path", "code"), HONEST.values(), ids=HONEST)
def test_honest_code_is_not(path: str, code: str) -> None:
    assert tampering(change(path, "", code)) is None


@pytest.mark.parametrize(("path", "code"), CHEATS.values(), ids=CHEATS)
def test_what_was_there_before_stays(path: str, code: str) -> None:
    assert tampering(change(path, code, f"{code}\n\n")) is None
    assert tampering(change(path, code, None)) is None


TASK = Task(Kind.GENERATE, "x", "b", Origin("cli"))
FOLDERS = {"tests": {"test_a.py"}, "pkg": {"__init__.py", "a.py"}, "": {"a.py"}}


@pytest.mark.parametrize(
    ("path", "files", "expected"),
    [
        ("json.py", (), True),
        ("pytest.py", (), True),
        ("_pytest/__init__.py", (), True),
        ("sitecustomize.py", (), True),
        ("src/unittest.py", (), True),
        ("tests/random.py", (), True),
        ("gtest.h", (), True),
        ("prices.py", (), False),
        ("pkg/json.py", (), False),
        ("json.md", (), False),
        ("json.py", ("json.py",), False),
    ],
)
def test_a_file_in_the_way_of_a_module_is_named(path: str, files: tuple[str, ...], expected: bool) -> None:
    task = Task(Kind.GENERATE, "x", "b", Origin("cli"), files)

    assert (shadows(path, task, lambda folder: FOLDERS.get(folder, set())) is not None) is expected

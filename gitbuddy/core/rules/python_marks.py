"""Marks of tampering with the test run in Python, by its syntax tree.

Names are followed through imports and plain assignments, not through computation: what hides on purpose gets by, and
is for the per-test verdict to catch.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable

from gitbuddy.core.languages.python import parse
from gitbuddy.core.rules.blind import is_blind
from gitbuddy.core.rules.marks import AFTERWARDS, ASSERTIONS, BLIND, EARLY_END, HARD_END, LOOK, RUNNER, SUICIDE, Mark
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.rules.python_names import Names, last_name, literal_text

_RUNNERS = frozenset({"pytest", "_pytest", "unittest", "conftest", "pluggy", "nose", "nose2", "sitecustomize"})
_OWNED = ("builtins", "pytest", "_pytest", "unittest", "pluggy", "sys.modules", "sys.exit", "os._exit", "sys.meta_path")
"""Where a write reaches the tests themselves."""
_EXITS = frozenset({"sys.exit", "SystemExit", "exit", "quit", "builtins.exit", "builtins.quit", "builtins.SystemExit"})
_REACHING = {
    **dict.fromkeys(("os._exit", "os.abort"), HARD_END),
    **dict.fromkeys(("signal.raise_signal", "signal.pthread_kill"), SUICIDE),
    "atexit.register": AFTERWARDS,
    **dict.fromkeys(("sys.settrace", "sys.setprofile", "threading.settrace"), "a hold on everything that runs"),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers"), "a search for other code's objects"),
    **dict.fromkeys(("sys._getframe", "sys._current_frames", "inspect.stack"), "a look at its callers"),
    "inspect.currentframe": "a look at its callers",
}
_HARD = frozenset({"os._exit", "os.abort", "signal.raise_signal"})
"""Not even a program's entry needs these."""
_SIGNS_OF_TESTS = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_WORKER")
_ENTRIES = frozenset({"main", "cli", "run", "_main", "async_main", "amain"})
_WRITERS = frozenset({"update", "setdefault", "pop", "clear", "popitem", "__setitem__", "__delitem__"})
_LONGEST_CODE = 10_000


def python_marks(source: bytes) -> Counter[Mark]:
    """The marks in a source. Raises `ValueError` for what this Python cannot read."""
    tree = parse(source)
    try:
        reader = _Reader(tree, program=source.startswith(b"#!"))
        reader.visit(tree)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    return reader.found


class _Reader(ast.NodeVisitor):
    """One walk through a module. `entry` counts how deep it is in what only runs when the module is the program."""

    def __init__(self, tree: ast.Module, program: bool) -> None:
        self.found: Counter[Mark] = Counter()
        self.names = Names(tree)
        self.entries = _ENTRIES - {last_name(each.func) for each in map(_call_of, tree.body) if each}
        self.entry = int(program)

    def mark(self, words: str, named: str, common: bool = False) -> None:
        self.found[Mark(f"{words} ({named[:60]})", common)] += 1

    # what is written

    def visit_Assign(self, node: ast.Assign) -> None:
        self._written(node.targets)
        for target in node.targets:
            self._bound_to(last_name(target), node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._written([node.target])
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._written([node.target])
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        self._written(node.targets)
        self.generic_visit(node)

    def _written(self, targets: Iterable[ast.expr]) -> None:
        for target in targets:
            if isinstance(target, ast.Tuple | ast.List):
                self._written(target.elts)
            elif isinstance(target, ast.Attribute | ast.Subscript):
                self._touched(self.names.dotted(target))

    def _touched(self, place: str) -> None:
        """A write to this place."""
        if any(place == owned or place.startswith(owned + ".") for owned in _OWNED):
            self.mark(ASSERTIONS, place)

    # what is defined

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                self._bound_to(each.name, each, f"{node.name}.{each.name}")
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            self._bound_to(literal_text(key), value)
        self.generic_visit(node)

    def _bound_to(self, name: str, value: ast.AST, shown: str = "") -> None:
        """A special method gets this body."""
        if is_blind(name, self.names.function(value)):
            self.mark(BLIND, shown or name)

    # what is reached for

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imports(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module:
            self._imports(node.module)
        for alias in node.names if node.level or not node.module else ():
            self._imports(alias.name)

    def _imports(self, module: str) -> None:
        parts = module.split(".")
        if parts[0] in (*_RUNNERS, "tests", "test") or any(is_test_path(f"{part}.py") for part in parts):
            self.mark(RUNNER, module)

    def visit_Call(self, node: ast.Call) -> None:
        called = self._exit_of(node.func)
        self._calls(node, called or self.names.dotted(node.func))
        if isinstance(node.func, ast.Call | ast.Subscript):
            self._refers(called)
        if not (called in _EXITS and self._may_end(node)):
            self.visit(node.func)
        for part in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.visit(part)

    def _exit_of(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name) and node.id in _EXITS and node.id not in self.names.own:
            return node.id
        return self.names.dotted(node)

    def _calls(self, node: ast.Call, called: str) -> None:
        plain = node.func.id if isinstance(node.func, ast.Name) else ""
        if plain in ("setattr", "delattr") and node.args:
            place = self.names.dotted(node.args[0])
            self._touched(f"{place}.{literal_text(node.args[1]) or '?'}" if place and len(node.args) > 1 else place)
            self._bound_to(*((literal_text(node.args[1]), node.args[2]) if len(node.args) > 2 else ("", node)))
        elif plain in ("exec", "eval", "compile") and node.args:
            self._code(literal_text(node.args[0]))
        elif plain == "__import__" or called == "importlib.import_module":
            self._imports(literal_text(node.args[0]) if node.args else "")
        elif plain in ("exit", "quit") and called in _EXITS and not (self.entry or self._may_end(node)):
            self.mark(EARLY_END, plain, common=True)
        self._methods(node, called)

    def _methods(self, node: ast.Call, called: str) -> None:
        owner, _, method = called.rpartition(".")
        if owner in ("sys.modules", "builtins") and method in _WRITERS:
            self._touched(owner)
        elif called == "sys.modules.get" and literal_text(node.args[0] if node.args else None) in _RUNNERS:
            self.mark(LOOK, "sys.modules")
        elif called in ("os.kill", "os.killpg") and node.args and self._is_self(node.args[0]):
            self.mark(SUICIDE, called, common=True)

    def _code(self, text: str) -> None:
        """Code in a string is code."""
        if text and len(text) <= _LONGEST_CODE:
            try:
                self.found += python_marks(text.encode("utf-8", "replace"))
            except ValueError:
                return

    def _is_self(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return self.names.dotted(node.func) in ("os.getpid", "os.getpgrp", "os.getppid", "os.getpgid")
        return isinstance(node, ast.Constant) and node.value == 0

    def _may_end(self, node: ast.Call) -> bool:
        """Whether a call of exit is where programs end, or plainly a failure, which forges nothing."""
        value = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        return bool(self.entry) or (bool(value) and value is not False)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._refers(self.names.dotted(node))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._refers("SystemExit" if node.id == "SystemExit" else self.names.dotted(node))

    def _refers(self, named: str) -> None:
        if named in _REACHING and (named in _HARD or not self.entry):
            self.mark(_REACHING[named], named, common=True)
        elif named in _EXITS and not self.entry:
            self.mark(EARLY_END, named, common=True)
        elif named.endswith(".?") and named.split(".")[0] in ("os", "sys", "builtins", *_RUNNERS):
            self.mark("a name that is put together while it runs", named, common=True)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        for statement in node.body:  # catching SystemExit ends nothing
            self.visit(statement)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value in _SIGNS_OF_TESTS:
            self.mark(LOOK, node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        asked = isinstance(node.ops[0], ast.In | ast.NotIn) and self.names.dotted(node.comparators[0]) == "sys.modules"
        if asked and literal_text(node.left) in _RUNNERS:
            self.mark(LOOK, "sys.modules")
        self.generic_visit(node)

    # where a program begins

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        entry = node.name in self.entries or any(map(_is_command, node.decorator_list))
        self.entry += entry
        self.generic_visit(node)
        self.entry -= entry

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast looks for

    def visit_If(self, node: ast.If) -> None:
        entry = _is_main_test(node.test)
        self.visit(node.test)
        self.entry += entry
        for statement in node.body:
            self.visit(statement)
        self.entry -= entry
        for statement in node.orelse:
            self.visit(statement)


def _is_command(node: ast.expr) -> bool:
    """Whether a decorator makes a function a command of a program: `@app.command()`, `@click.group`."""
    target = node.func if isinstance(node, ast.Call) else node
    return last_name(target) in ("command", "group", "callback")


def _is_main_test(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)):
        return False
    return "__main__" in (literal_text(node.left), literal_text(node.comparators[0]))


def _call_of(node: ast.stmt) -> ast.Call | None:
    return node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None

"""What the names of a Python module stand for, as far as that can be seen without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator


class Names:
    """The names of one module, followed through imports and plain assignments."""

    def __init__(self, tree: ast.Module) -> None:
        self._outside = {"__builtins__": "builtins"}
        for node in ast.walk(tree):
            self._outside.update(_imported(node))
        for node in ast.walk(tree):
            self._outside.update(self._renamed(node))
        self.own = frozenset(_bound(tree))
        """Names to which the module gives a meaning itself."""
        self._functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def function(self, value: ast.AST) -> ast.AST | None:
        """The function that a value is, also by its name."""
        return self._functions.get(value.id) if isinstance(value, ast.Name) else value

    def dotted(self, node: ast.AST | None) -> str:
        """What an expression names outside this module ("os._exit"); "" for all else; "os.?" for a computed part."""
        if isinstance(node, ast.Name):
            return self._outside.get(node.id, "")
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}".replace(".__dict__", "") if owner else ""
        if isinstance(node, ast.Subscript):
            return self._item(node)
        return self._called(node) if isinstance(node, ast.Call) else ""

    def _item(self, node: ast.Subscript) -> str:
        owner, key = self.dotted(node.value), node.slice
        if owner == "sys.modules":
            own = isinstance(key, ast.Name) and key.id == "__name__"
            return "" if own else literal_text(key) or owner
        return f"{owner}.{literal_text(key) or '?'}" if owner else ""

    def _called(self, node: ast.Call) -> str:
        """`getattr(os, "_exit")`, `vars(builtins)`, `__import__("os")`, `importlib.import_module("os")`."""
        called = node.func.id if isinstance(node.func, ast.Name) else self.dotted(node.func)
        first, second = (*node.args, None, None)[:2]
        if called == "getattr" and (owner := self.dotted(first)):
            return f"{owner}.{literal_text(second) or '?'}"
        if called in ("__import__", "importlib.import_module", "sys.modules.get"):
            return literal_text(first)
        return self.dotted(first) if called == "vars" else ""

    def _renamed(self, node: ast.AST) -> dict[str, str]:
        """`leave = os._exit`."""
        if not isinstance(node, ast.Assign) or not (named := self.dotted(node.value)):
            return {}
        return {target.id: named for target in node.targets if isinstance(target, ast.Name)}


def literal_text(node: ast.AST | None) -> str:
    """The string that stands there; "" for all else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _imported(node: ast.AST) -> dict[str, str]:
    if isinstance(node, ast.Import):
        top = [each.name if each.asname else each.name.split(".")[0] for each in node.names]
        return {each.asname or name: name for each, name in zip(node.names, top, strict=True)}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return {}


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name

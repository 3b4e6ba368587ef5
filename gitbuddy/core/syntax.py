"""Python source seen as a program: what is left of it without docstrings, comments and layout."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

Block = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def parse(source: bytes) -> ast.Module:
    """The syntax tree. Raises `ValueError`, also for what nests too deeply, and for what parses and cannot run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the project's strings is not for our terminal
            tree = ast.parse(source)
            compile(tree, "<source>", "exec", dont_inherit=True)  # e.g. a misplaced __future__ import
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise ValueError("it nests too deeply") from error
    return tree


def skeleton(source: bytes) -> tuple[bytes, str]:
    """Equal for two sources that differ in docstrings, comments and layout only. Raises `ValueError` as `parse` does.

    The first part is the `#!` line, which is no comment to the kernel. A body that holds nothing but a docstring is
    the same as one that holds `pass` or `...`.
    """
    tree = parse(source)
    try:
        for node in ast.walk(tree):
            if isinstance(node, Block):
                node.body = [statement for statement in node.body if not _idle(statement)]
        return _shebang(source), ast.dump(tree)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


def _idle(statement: ast.stmt) -> bool:
    """A statement that does nothing: `pass`, `...`, or a string, wherever it documents."""
    if isinstance(statement, ast.Pass):
        return True
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
        return False
    return statement.value.value is ... or isinstance(statement.value.value, str)


def _shebang(source: bytes) -> bytes:
    first = source.split(b"\n", 1)[0].rstrip()
    return first if first.startswith(b"#!") else b""


def public_names(source: bytes, path: str) -> frozenset[str]:
    """Names that other modules may use: `name`, `Class.name`; in an `__init__.py` also what it passes on.

    Raises `ValueError` as `parse` does.
    """
    exported = path.rpartition("/")[2] == "__init__.py"
    names = set(_names(parse(source).body, exported))
    return frozenset(name for name in names if not any(part.startswith("_") for part in name.split(".")))


def _names(body: list[ast.stmt], exported: bool) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from (node.name, *(f"{node.name}.{name}" for name in _names(node.body, exported=False)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.ImportFrom) and exported:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.If | ast.Try):
            yield from _names([*node.body, *node.orelse], exported)

"""Python source seen as a program: what is left of it without docstrings, comments and layout."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator

from gitbuddy.core.languages.comments import directive, python_examples

OPERATORS: dict[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Mod: "%", ast.FloorDiv: "//", ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&",
    ast.BitOr: "|", ast.BitXor: "^", ast.And: "and", ast.Or: "or",
}  # fmt: skip
"""How an operator between two operands is written."""
Block = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def parse(source: bytes, *, whole: bool = True) -> ast.Module:
    """The syntax tree. Raises `ValueError`, also for what nests too deeply.

    `whole`: also for what parses and cannot run; a part of a program may hold a `return` without its function.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the project's strings is not for our terminal
            tree = ast.parse(source)
            if whole:
                compile(tree, "<source>", "exec", dont_inherit=True)  # e.g. a misplaced __future__ import
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise ValueError("it nests too deeply") from error
    return tree


def skeleton(source: bytes) -> tuple[str | bytes, ...]:
    """Equal for two sources that differ in docstrings, comments and layout only. Raises `ValueError` as `parse` does.

    The first part is the `#!` line, which is no comment to the kernel; comments that tools read follow the tree. A
    body that holds nothing but a docstring is the same as one that holds `pass` or `...`.
    """
    tree = parse(source)
    try:
        for node in ast.walk(tree):
            if isinstance(node, Block):
                node.body = [statement for statement in node.body if not _idle(statement)]
        return _shebang(source), ast.dump(tree), *_directives(source)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


def examples(source: bytes) -> Counter[str]:
    """The `>>>` examples in the docstrings. Raises `ValueError` as `parse` does."""
    strings = (
        node.value.value
        for node in ast.walk(parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    return Counter(example for text in strings for example in python_examples(text))


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


def _directives(source: bytes) -> Iterator[str]:
    """Comments that tools read, each with the count of words of code before it, which says what it is about."""
    count, script = 0, False
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type in (tokenize.NAME, tokenize.NUMBER) and token.string != "pass":
                count += 1
            elif token.type == tokenize.COMMENT:
                script ^= token.string.startswith("# ///")  # the dependencies of a script stand in comments
                if kept := token.string if script else directive(token.string, "python"):
                    yield f"{count}: {kept}"
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"its comments cannot be read: {error.args[0]}") from error

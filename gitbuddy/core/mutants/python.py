"""Places for faults in Python, by the positions that `ast` tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gitbuddy.core.languages.python import OPERATORS, parse
from gitbuddy.core.mutants.sites import LOGGING, Fault, Site, larger, short, swapped

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BOM = b"\xef\xbb\xbf"
_COMMENT = re.compile(rb"#[^\r\n]*")
_ANNOTATIONS = ("annotation", "returns", "decorator_list", "type_params", "type_comment", "keywords", "bases")


def sites(source: bytes) -> Sequence[Site]:
    """Places for faults. Raises `ValueError` where the source cannot be read, or is not in UTF-8."""
    tree = parse(source)
    source.decode("utf-8-sig")
    try:
        return list(_Finder(source)(tree, ""))
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error


class _Finder:
    """Walks through a tree, and knows where each of its nodes stands in the source."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        # Python counts columns after the mark of a byte order
        self.lines = [len(_BOM) if source.startswith(_BOM) else 0]
        self.lines += [match.end() for match in re.finditer(rb"\r\n|\r|\n", source)]

    def __call__(self, node: ast.AST, function: str) -> Iterator[Site]:
        if _is_left_alone(node):
            return
        yield from self.here(node, function)
        if isinstance(node, Function | ast.ClassDef):
            function = f"{function}.{node.name}".lstrip(".")
        for child in _children(node):
            yield from self(child, function)

    def here(self, node: ast.AST, function: str) -> Iterator[Site]:
        """The faults of this very node."""
        yield from self.operators(node, function)
        yield from self.conditions(node, function)
        yield from self.statements(node, function)
        yield from self.constants(node, function)

    def operators(self, node: ast.AST, function: str) -> Iterator[Site]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=right):
                for before, operator, after in zip([left, *right], ops, right, strict=False):
                    yield from self.operator(before, operator, after, function)
            case ast.BinOp(left=left, op=operator, right=right):
                if not (_is_sequence(left) or _is_sequence(right)):
                    yield from self.operator(left, operator, right, function)
            case ast.BoolOp(op=operator, values=values):
                for before, after in pairwise(values):
                    yield from self.operator(before, operator, after, function)
            case ast.AugAssign(target=target, op=operator, value=value) if not _is_sequence(value):
                yield from self.operator(target, operator, value, function, "=")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                start = self.start(node)
                inner = self.source[start + len(b"not") : self.end(node)].lstrip(b" ")
                what = f"`not` is gone before {short(self.text(operand))}"
                yield Site(Fault.LOGIC, start, self.end(node), inner, what, function)

    def conditions(self, node: ast.AST, function: str) -> Iterator[Site]:
        match node:
            case ast.While(test=test):
                yield self.exchange(Fault.CONDITION, test, b"False", function)  # negated it might never end
            case ast.If(test=test) | ast.IfExp(test=test):
                yield self.wrap(Fault.CONDITION, test, b"not (", b")", function)
            case ast.comprehension(ifs=tests):
                for test in tests:
                    yield self.wrap(Fault.CONDITION, test, b"not (", b")", function)

    def statements(self, node: ast.AST, function: str) -> Iterator[Site]:
        match node:
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                if not (isinstance(value, ast.Constant) and value.value is None):
                    yield self.exchange(Fault.RETURN, value, b"None", function)
            case ast.Lambda(body=body):
                yield self.exchange(Fault.RETURN, body, b"None", function)
            case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Assert() | ast.Delete():
                yield self.exchange(Fault.REMOVED, node, b"pass", function)
            case ast.Slice(lower=lower, upper=upper):
                yield from self.bounds((lower, upper), function)
            case ast.Call(func=ast.Name(id="range"), args=args):
                yield from self.bounds(args[:2], function)

    def bounds(self, nodes: Sequence[ast.expr | None], function: str) -> Iterator[Site]:
        for node in nodes:
            if node and not isinstance(node, ast.Constant | ast.Starred):
                yield self.wrap(Fault.BOUND, node, b"(", b") + 1", function)

    def constants(self, node: ast.AST, function: str) -> Iterator[Site]:
        if isinstance(node, ast.JoinedStr):
            yield self.exchange(Fault.CONSTANT, node, b'""', function)
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bool):
            yield self.exchange(Fault.CONSTANT, node, str(not value).encode(), function)
        elif isinstance(value, int | float) and (more := larger(self.text(node).decode())):
            yield self.exchange(Fault.CONSTANT, node, more.encode(), function)
        elif isinstance(value, str | bytes) and value:
            yield self.exchange(Fault.CONSTANT, node, b'""' if isinstance(value, str) else b'b""', function)

    def operator(
        self, before: ast.expr, operator: ast.AST, after: ast.expr, function: str, ending: str = ""
    ) -> Iterator[Site]:
        """Between two operands stand the operator, parentheses, blanks and comments."""
        word = OPERATORS.get(type(operator), "") + ending
        start, end = self.end(before), self.start(after)
        gap = _COMMENT.sub(lambda match: b" " * len(match[0]), self.source[start:end])
        pattern = rb"\s+".join(map(re.escape, word.encode().split()))
        found = re.search(pattern, gap) if word else None
        site = swapped(start + found.start(), word, function) if found else None
        if site and found:
            yield Site(site.fault, site.start, start + found.end(), site.text, site.what, function)

    def exchange(self, fault: Fault, node: ast.AST, text: bytes, function: str) -> Site:
        start, end = self.start(node), self.end(node)
        what = f"{short(self.source[start:end])} became {short(text)}"
        if fault is Fault.REMOVED:
            what = f"{short(self.source[start:end])} is gone"
        elif fault is Fault.RETURN:
            what = f"what is returned became {short(text)}"
        return Site(fault, start, end, text, what, function)

    def wrap(self, fault: Fault, node: ast.expr, left: bytes, right: bytes, function: str) -> Site:
        return self.exchange(fault, node, left + self.text(node) + right, function)

    def text(self, node: ast.AST) -> bytes:
        return self.source[self.start(node) : self.end(node)]

    def start(self, node: ast.AST) -> int:
        return self.lines[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        return self.lines[getattr(node, "end_lineno", 1) - 1] + int(getattr(node, "end_col_offset", 0))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node and may be wrong: no annotation or decorator, no words of an error, nothing in an f-string.

    Positions within an f-string are wrong before Python 3.12.
    """
    if isinstance(node, ast.JoinedStr | ast.Raise):
        return
    if isinstance(node, ast.Assert):
        yield node.test
        return
    declares = isinstance(node, Function | ast.ClassDef | ast.arg | ast.AnnAssign)
    for name, value in ast.iter_fields(node):
        if declares and name in _ANNOTATIONS:
            continue
        yield from (child for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST))


def _is_left_alone(node: ast.AST) -> bool:
    """Docstrings, imports, what runs only as a script or for a type checker, words of errors and of logs."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=test):
            return any(word in ast.unparse(test) for word in ("__name__", "TYPE_CHECKING"))
        case ast.Expr(value=ast.Call(func=func)):
            return bool(LOGGING.search(ast.unparse(func)))
        case ast.Assign(targets=[ast.Name(id=name), *_]):
            return name.startswith("__")
        case ast.Call(func=func):  # what an exception is made with
            return ast.unparse(func).rpartition(".")[2].endswith(("Error", "Exception", "Warning"))
    return False


def _is_sequence(node: ast.expr) -> bool:
    """What cannot be subtracted: the fault would be noticed by whoever runs the line, and so by a test of nothing."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    if isinstance(node, ast.BinOp):
        return _is_sequence(node.left) or _is_sequence(node.right)
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp | ast.Set | ast.Dict)

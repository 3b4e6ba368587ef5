"""Public names of a Python module: `name`, `Class.name`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from gitbuddy.core.languages.python import parse

Function = ast.FunctionDef | ast.AsyncFunctionDef
_TELLING = frozenset({"property", "cached_property", "staticmethod", "classmethod", "setter", "deleter"})


def declared(source: bytes, path: str, *, imported: bool = False) -> Iterator[tuple[str, str]]:
    """Names that other modules may use, with signatures; in an `__init__.py` also what it passes on.

    `imported`: take what any module imports for passed on. Raises `ValueError` where the source cannot be read.
    """
    passes_on = imported or path.rpartition("/")[2].startswith("__init__.")
    for name, signature in _declared(parse(source).body, passes_on):
        if not any(part.startswith("_") for part in name.split(".")):
            yield name, signature


def _declared(body: Iterable[ast.stmt], passes_on: bool) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node.name, _class(node)
            yield from ((f"{node.name}.{name}", signature) for name, signature in _declared(node.body, False))
        elif isinstance(node, Function):
            yield node.name, _function(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from ((name, "") for name in _assigned(node))
        elif isinstance(node, ast.ImportFrom | ast.Import) and passes_on:
            yield from ((alias.asname or alias.name.split(".")[0], "") for alias in node.names)
        elif isinstance(node, ast.If | ast.Try):
            yield from _declared([*node.body, *node.orelse], passes_on)


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def _function(node: Function) -> str:
    marks = [name for decorator in node.decorator_list if (name := _last_name(decorator)) in _TELLING]
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return " ".join([*marks, f"{kind}({', '.join(_parameters(node.args))})"])


def _parameters(args: ast.arguments) -> Iterator[str]:
    plain = [*args.posonlyargs, *args.args]
    required = len(plain) - len(args.defaults)
    for index, arg in enumerate(plain):
        yield arg.arg + ("=" if index >= required else "")
        if index + 1 == len(args.posonlyargs):
            yield "/"
    if args.vararg:
        yield f"*{args.vararg.arg}"
    elif args.kwonlyargs:
        yield "*"
    # the order of these is nobody's business
    yield from sorted(
        arg.arg + ("=" if default else "") for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    )
    if args.kwarg:
        yield f"**{args.kwarg.arg}"


def _class(node: ast.ClassDef) -> str:
    """Bases, and how one is made: a dataclass with the fields a, b is made as one whose `__init__` takes a, b."""
    bases = ", ".join(ast.unparse(part) for part in [*node.bases, *node.keywords])
    makers = [part for part in node.body if isinstance(part, Function) and part.name in ("__init__", "__new__")]
    if makers:
        made = list(_parameters(makers[0].args))[1:]
    elif _has_fields(node):
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)]
        made = [f"{ast.unparse(part.target)}{'=' if part.value else ''}" for part in fields]
    else:
        made = []
    return f"class({bases}) made from ({', '.join(made)})"


def _has_fields(node: ast.ClassDef) -> bool:
    named = [_last_name(part) for part in [*node.decorator_list, *node.bases]]
    return any(name.endswith(("dataclass", "NamedTuple", "define", "frozen", "BaseModel")) for name in named)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""

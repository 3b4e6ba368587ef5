"""Values of the tests that turn up in the code: a sign that answers were written down instead of worked out.

No test can tell a lookup of the very values it asks for from an honest program, so this is said to whoever reads the
result, and refuses nothing.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gitbuddy.core.languages.python import parse
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Change, Patch

FEWEST = 3
"""Values, or entries of a table, that have to coincide before it is worth a sentence."""
MOST_SHOWN = 5
_LONGEST_SHOWN = 40
_LONGEST_LITERAL = 2_000
_COMMON = frozenset(
    map(repr, (0, 1, -1, 2, 10, 100, 1000, 0.0, 1.0, -1.0, 2.0, 0.5, 10.0, 100.0, True, False, None, ..., b""))
) | frozenset(map(repr, ("", " ", "\n", ",", "utf-8")))
"""Values that any program may have."""
_TOKEN = re.compile(
    r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?![\w.])"
    r"|\"(?:\\.|[^\"\\\n]){3,200}+\"|'(?:\\.|[^'\\\n]){3,200}+'|`(?:\\.|[^`\\\n]){3,200}+`"
)
"""Numbers, and strings of some length, in any language."""
_FEWEST_DIGITS = 2
_BEGINS = frozenset("[({-.0123456789")

Pair = tuple[str, str]


def hard_coded(patch: Patch, tests: Mapping[str, bytes]) -> tuple[str, ...]:
    """A sentence for each file of the patch, tests apart, that gets several values which stand in the target tests.

    `tests` are the target tests by path. Counted are values that are new in the file, several (`FEWEST`) and not
    common ones such as 0, 1 or ""; and entries of a table or a chain of `if`, both sides of which stand in the tests.
    """
    known = frozenset(value for path, data in tests.items() for value in _values(path, data))
    changes = [change for change in patch.changes if change.after is not None and not is_test_path(change.path)]
    return tuple(words for change in changes if (words := _told(change, known)))


def _told(change: Change, known: frozenset[str]) -> str:
    before, after = _values(change.path, change.before or b""), _values(change.path, change.after or b"")
    same = [value for value in after - before if value in known and value not in _COMMON]
    if len(same) >= FEWEST:
        return f"{shown(change.path)} has values that also stand in the tests: {_listed(same)}"
    if not change.path.endswith((".py", ".pyi")):
        return ""
    pairs = _table(change.after or b"") - _table(change.before or b"")
    keys = sorted({key for key, value in pairs if key in known and value in known})
    if len(keys) < FEWEST or _COMMON.issuperset(keys):
        return ""
    return f"{shown(change.path)} has a table of inputs that also stand in the tests: {_listed(keys)}"


def _listed(values: Sequence[str]) -> str:
    cut = [value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 3] + "..." for value in values]
    more = len(cut) - MOST_SHOWN
    return ", ".join(map(shown, cut[:MOST_SHOWN])) + (f" and {more} more" if more > 0 else "")


def _values(path: str, data: bytes) -> Counter[str]:
    """The literals of a source, as Python writes them; lists and tuples alike, a string that holds one as well."""
    if path.endswith((".py", ".pyi")):
        try:
            tree = parse(data)
            return Counter(value for node in _nodes(tree) if (value := _literal(node)))
        except (ValueError, RecursionError):
            pass
    found = (match[0] for match in _TOKEN.finditer(data.decode("utf-8", "replace")))
    return Counter(value for token in found if (value := _token(token)))


def _token(token: str) -> str:
    if token[0] in "\"'`":
        return repr(token[1:-1])
    digits = token.replace("_", "")
    return repr(float(digits)) if "." in digits else _whole(digits)


def _whole(digits: str) -> str:
    return digits.lstrip("0") if _FEWEST_DIGITS <= len(digits.lstrip("0")) <= _LONGEST_SHOWN else ""


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but strings that only document."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if not (isinstance(node, ast.Expr) and isinstance(child, ast.Constant)):
                yield child


def _literal(node: ast.AST) -> str:
    """The value that an expression is, written one way; "" for what is computed."""
    if isinstance(node, ast.Call) and len(node.args) > 1:
        node = ast.Tuple(node.args, ast.Load())  # what a function is asked with, as a key of a table would be
    if not isinstance(node, ast.Constant | ast.UnaryOp | ast.List | ast.Tuple | ast.Set | ast.Dict):
        return ""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return ""
    if isinstance(value, str):
        return _written(value)
    return _plain(value) if not _is_small(value) else ""


def _written(text: str) -> str:
    """A string; one that holds a list or a number, as a key of a table may, stands for that."""
    if text[:1] in _BEGINS and len(text) <= _LONGEST_LITERAL:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return repr(text)
        return repr(text) if _is_small(value) else _plain(value)
    return repr(text)


def _is_small(value: object) -> bool:
    """An empty or one-element collection says nothing."""
    return isinstance(value, list | tuple | set | frozenset | dict) and len(value) < 2


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_plain, value))}]"
    return repr(value)[:_LONGEST_LITERAL]


def _table(data: bytes) -> frozenset[Pair]:
    """(key, value) of what looks a value up: a dictionary, `if x == key: return value`, `case key: return value`."""
    try:
        return frozenset(pair for node in ast.walk(parse(data)) for pair in _pairs(node) if all(pair))
    except (ValueError, RecursionError):
        return frozenset()


def _pairs(node: ast.AST) -> Iterator[Pair]:
    if isinstance(node, ast.Dict):
        yield from ((_literal(key), _literal(value)) for key, value in zip(node.keys, node.values, strict=True) if key)
    elif isinstance(node, ast.If):
        yield from ((key, _answer(node.body)) for key in _asked(node.test))
    elif isinstance(node, ast.IfExp):
        yield from ((key, _literal(node.body)) for key in _asked(node.test))
    elif isinstance(node, ast.match_case) and isinstance(node.pattern, ast.MatchValue):
        yield _literal(node.pattern.value), _answer(node.body)


def _asked(test: ast.expr) -> list[str]:
    """The values that something is compared with."""
    compared = [node for node in ast.walk(test) if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)]
    return [value for node in compared for side in (node.left, *node.comparators) if (value := _literal(side))]


def _answer(body: Sequence[ast.stmt]) -> str:
    last = body[-1]
    value = last.value if isinstance(last, ast.Return | ast.Assign) else None
    return _literal(value) if value is not None else ""

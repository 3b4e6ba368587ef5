"""Names that a program puts together while it runs: what neither a rule nor a reader sees through at a glance.

Honest code has need of them at times, so this is said to whoever reviews a change, and refuses nothing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from gitbuddy.core.languages.python import parse
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Change, Patch

_TELLING = {
    **dict.fromkeys(("__import__", "import_module", "exec", "eval", "compile"), (0, 1)),
    **dict.fromkeys(("setattr", "delattr"), (1, 2)),
}
"""Which argument says what runs, or is a name: from where to where."""
_SPACES = frozenset({"vars", "globals"})


def dynamic(patch: Patch) -> tuple[str, ...]:
    """A sentence for each Python file of a patch, tests apart, that gets more of such names than it had."""
    changes = [change for change in patch.changes if change.path.endswith(".py") and not is_test_path(change.path)]
    return tuple(words for change in changes if (words := _told(change)))


def _told(change: Change) -> str:
    added = _found(change.after) - _found(change.before)
    if not added:
        return ""
    return f"{shown(change.path)} puts names together while it runs ({min(added)}), which no check here sees through"


def _found(source: bytes | None) -> Counter[str]:
    try:
        return Counter(name for node in ast.walk(parse(source or b"")) for name in _computed(node))
    except ValueError:
        return Counter()


def _computed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in _SPACES and not _is_plain(node.slice):
            yield called.id
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name == "type" and len(node.args) == 3:
        plain = _is_plain_table(node.args[2])
    else:
        plain = all(map(_is_plain, node.args[slice(*_TELLING.get(name, (0, 0)))]))
    if not plain:
        yield name


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _is_plain_table(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(key is not None and _is_plain(key) for key in node.keys)

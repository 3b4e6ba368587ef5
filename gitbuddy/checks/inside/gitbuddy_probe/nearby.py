"""Inputs of Python functions as text: calls with plain values, what differs from them a little, and what came out."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

PLAIN = (str, bytes, list, tuple, dict, set, int, float, bool, type(None))
SIZED = PLAIN[:6]
MOST_TEXT, MOST_OUTCOME, MOST_SHOWN, MOST_NEAR = 2000, 300, 1000, 120
DEEPEST = 8


class Function(NamedTuple):
    """A function by its qualified name; `needs` says why it cannot be called."""

    name: str
    node: Any
    is_bound: bool = False
    needs: str = ""

    def parameters(self) -> tuple[list[str], list[str]]:
        """Those that can be given by position, and those that cannot."""
        own = self.node.args
        names = [one.arg for one in [*own.posonlyargs, *own.args]]
        return names[self.is_bound :], [one.arg for one in own.kwonlyargs]

    def names(self) -> list[str]:
        own = self.node.args
        return [*itertools.chain(*self.parameters()), *(one.arg for one in (own.vararg, own.kwarg) if one)]

    def is_its_own(self, local: Any) -> bool:
        """Whether a class method was called on the class it stands in."""
        own = self.node.args
        first = next(iter([*own.posonlyargs, *own.args])).arg if self.is_bound else ""
        return not first or getattr(local[first], "__qualname__", "") == self.name.rpartition(".")[0]

    def defaults(self) -> dict[str, str]:
        own, (first, others) = self.node.args, self.parameters()
        last = first[len(first) - len(own.defaults) :]
        found = {}
        for name, node in [*zip(last, own.defaults), *zip(others, own.kw_defaults)]:  # noqa: B905
            with contextlib.suppress(ValueError, TypeError):
                found[name] = shown(ast.literal_eval(node))
        return found

    def call(self, values: dict[str, Any]) -> str:
        """A call with these values of all parameters; what is left at its default is left out.

        Raises ValueError or SyntaxError where it cannot be written.
        """
        own, (first, others), defaults = self.node.args, self.parameters(), self.defaults()
        rest = values[own.vararg.arg] if own.vararg else ()
        named = dict(values[own.kwarg.arg]) if own.kwarg else {}
        if not all(name.isidentifier() for name in named):
            raise ValueError("no name of a parameter")
        texts = {name: shown(values[name]) for name in [*first, *others]}
        left = {name for name, text in texts.items() if text == defaults.get(name)}
        fixed = len(own.posonlyargs) - self.is_bound
        needed = len(first) if rest else max([0, *(n + 1 for n, name in enumerate(first[:fixed]) if name not in left)])
        gap = next((n for n, name in enumerate(first) if n >= needed and name in left), len(first))
        words = [texts[name] for name in first[:gap]] + [shown(value) for value in rest]
        words += [f"{name}={texts[name]}" for name in [*first[gap:], *others] if name not in left]
        words += [f"{name}={shown(value)}" for name, value in named.items()]
        text = f"{self.name}({', '.join(words)})"
        arguments_of(text)
        return text


def functions_of(tree: ast.AST, wanted: list[str]) -> list[Function]:
    """One for each name; of a function within another the outer one."""
    found = {one.name: one for one in _functions(tree, "", False)}
    names = dict.fromkeys(name.partition(".<locals>")[0] for name in wanted)
    return [found.get(name, Function(name, None, False, "not there")) for name in names]


def _functions(node: ast.AST, prefix: str, is_in_class: bool) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = {mark.id for mark in child.decorator_list if isinstance(mark, ast.Name)}
            needs = "a coroutine" if isinstance(child, ast.AsyncFunctionDef) else ""
            if is_in_class and not marks & {"staticmethod", "classmethod"}:
                needs = "a method needs an object"
            yield Function(prefix + child.name, child, is_in_class and "classmethod" in marks, needs)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.", True)
        elif not isinstance(child, ast.expr):
            yield from _functions(child, prefix, is_in_class)


def is_plain(value: Any) -> bool:
    """Whether its text gives the same value again, and is not too long."""
    stack, left = [(value, 0)], MOST_TEXT
    while stack:
        one, depth = stack.pop()
        kind = type(one)
        left -= 1 + (len(one) if kind in SIZED else one.bit_length() // 4 if kind is int else 0)
        if left < 0 or depth > DEEPEST or kind not in PLAIN or (kind is float and one - one != 0):
            return False
        if kind is dict:
            stack += [(part, depth + 1) for item in one.items() for part in item]
        elif kind in (list, tuple, set):
            stack += [(part, depth + 1) for part in one]
    return True


def shown(value: Any, depth: int = 0) -> str:
    """`repr`, but sets are sorted, objects without a repr of their own show what they hold, and no address is told."""
    kind: Any = type(value)
    if depth > 20:
        return "..."
    if kind in (list, tuple, set, frozenset, dict) and value:
        few = itertools.islice(value.items() if kind is dict else value, MOST_SHOWN)
        if kind is dict:
            texts = [f"{shown(key, depth + 1)}: {shown(one, depth + 1)}" for key, one in few]
        else:
            texts = [shown(one, depth + 1) for one in few]
        texts = sorted(texts) if kind in (set, frozenset) else texts
        inner = ", ".join(texts) + ("," if kind is tuple and len(value) == 1 else "")
        inner += f", ... {len(value)} in all" if len(value) > MOST_SHOWN else ""
        return str({list: "[%s]", tuple: "(%s)", frozenset: "frozenset({%s})"}.get(kind, "{%s}") % inner)
    if kind.__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        return f"{kind.__name__}({', '.join(f'{key}={shown(one, depth + 1)}' for key, one in vars(value).items())})"
    try:
        text = repr(value)
        return re.sub(r"\bat 0x[0-9a-fA-F]+", "at 0x...", text) if kind not in PLAIN else text
    except BaseException as error:
        return f"<{kind.__name__} whose repr raises {type(error).__name__}>"


def arguments_of(text: str) -> tuple[list[Any], dict[str, Any]]:
    """Fresh ones. Raises ValueError or SyntaxError."""
    call: Any = ast.parse(text, mode="eval").body
    return [*map(ast.literal_eval, call.args)], {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}


def cut(text: str) -> str:
    text = "".join(char if char.isprintable() else " " for char in text)
    if len(text) <= MOST_OUTCOME:
        return text
    return f"{text[: MOST_OUTCOME - 15]}... [{zlib.crc32(text.encode('utf-8', 'replace')):08x}]"


def nearby(functions: Sequence[Function], recorded: Sequence[tuple[int, dict[str, Any]]], most: int) -> list[str]:
    """Calls next to those that were recorded: at most `most`, some of each function and each kind of change."""
    known = {functions[index].call(values) for index, values in recorded}
    queues: dict[tuple[int, str], list[tuple[dict[str, Any], str, Any]]] = {}
    for index, values in recorded:
        for name in functions[index].names():
            others = [(other[name]) for one, other in recorded if one == index and other is not values]
            near = [*neighbours(values[name], most=MOST_NEAR), *(("other", one) for one in others[:MOST_NEAR])]
            for kind, new in near:
                queues.setdefault((index, kind), []).append((values, name, new))
    waiting = {key: iter(queue) for key, queue in queues.items()}
    found: list[str] = []
    while waiting and len(found) < most:
        for key in list(waiting):
            text = next(_new(functions[key[0]], waiting[key], known), None)
            if text is None:
                del waiting[key]
            elif len(found) < most:
                found.append(text)
    return found


def _new(function: Function, changes: Iterator[tuple[dict[str, Any], str, Any]], known: set[str]) -> Iterator[str]:
    for values, name, new in changes:
        with contextlib.suppress(ValueError, SyntaxError, MemoryError):
            text = function.call({**values, name: new})
            if text not in known and len(text) <= 2 * MOST_TEXT:
                known.add(text)
                yield text


def neighbours(value: Any, depth: int = 0, most: int | None = None) -> Iterator[tuple[str, Any]]:
    """Values of the same type that differ a little, each with the kind of change."""
    kind = type(value)
    if kind is bool:
        found: Any = [("not", not value)]
    elif kind in (int, float):
        found = _numbers(kind, value)
    elif kind in (str, bytes, list, tuple):
        found = _sequences(kind, value)
    elif kind in (dict, set):
        found = _unordered(kind, value)
    else:
        found = []
    inner = _inner(kind, value, depth) if depth < 3 and kind in (list, tuple, set, dict) else ()
    return itertools.islice(itertools.chain(found, inner), most)


def _numbers(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    one = kind(1)
    yield from (("+1", value + one), ("-1", value - one), ("0", kind(0)), ("negated", -value), ("doubled", value * 2))
    yield "large", kind(10**6)
    if kind is float:
        yield "+.5", value + 0.5


def _sequences(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    yield from (("empty", value[:0]), ("without first", value[1:]), ("without last", value[:-1]))
    yield from (("first doubled", value[:1] + value), ("last doubled", value + value[-1:]), ("reversed", value[::-1]))
    if kind is str:
        yield from (("upper", value.upper()), ("lower", value.lower()), ("swapped", value.swapcase()))
        yield from (("spaced", f" {value} "), ("stripped", value.strip()), ("foreign", f"{value}\u00e9"))
    elif kind is not bytes:
        with contextlib.suppress(TypeError):
            yield "sorted", kind(sorted(value))


def _unordered(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    parts = list(value.items()) if kind is dict else sorted(value, key=shown)
    yield from (("empty", kind()), ("without first", kind(parts[1:])), ("without last", kind(parts[:-1])))
    yield "reversed", kind(parts[::-1])


def _inner(kind: Any, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """One part changed: an element, or the value or the key of an item."""
    parts = list(value.items()) if kind is dict else sorted(value, key=shown) if kind is set else list(value)
    for at, part in enumerate(parts[:6]):
        if kind is dict:
            news: Any = [(change, (part[0], new)) for change, new in neighbours(part[1], depth + 1)]
            news += [(f"key {change}", (new, part[1])) for change, new in neighbours(part[0], depth + 1)]
        else:
            news = neighbours(part, depth + 1)
        for change, new in news:
            with contextlib.suppress(TypeError):  # what cannot be hashed
                yield f"in it {change}", kind([*parts[:at], new, *parts[at + 1 :]])

"""Reads the symbols of a file: two queries, run by tree-sitter, and one regular expression over what they leave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from tree_sitter import Node, Query, QueryCursor

from gitbuddy.core.endings import language_of
from gitbuddy.core.languages import trees
from gitbuddy.core.symbols import c, cpp, go, java, javascript, python, rust, typescript
from gitbuddy.core.symbols.grammar import Grammar, words
from gitbuddy.core.symbols.symbols import Definition, Symbols

GRAMMARS: Final[Mapping[str, Grammar]] = {
    "python": python.GRAMMAR,
    "c": c.GRAMMAR,
    "c++": cpp.GRAMMAR,
    "javascript": javascript.GRAMMAR,
    "typescript": typescript.GRAMMAR,
    "tsx": typescript.GRAMMAR,
    "go": go.GRAMMAR,
    "rust": rust.GRAMMAR,
    "java": java.GRAMMAR,
}
MOST_DEFINITIONS: Final = 5_000
MOST_NAMES: Final = 5_000
MOST_IMPORTED: Final = 1_000
LONGEST_NAME: Final = 100
LONGEST_SIGNATURE: Final = 160
_OPEN: Final = 1 << 12
"""Matches that tree-sitter keeps open at once: a bound of its memory and time."""
_NAME: Final = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]+")
_WORD: Final = re.compile(r"[\w-]{2,}")
_STATEMENT: Final = words("import from include require use mod static export as js jsx mjs cjs ts tsx h hpp")
"""Words of import statements that name nothing."""
_TAIL: Final = re.compile(r"(?<=\w)\W.*", re.DOTALL)
_OPAQUE: Final = frozenset({"function", "method", "constructor"})
"""What is defined inside of these nobody else can use."""
_LEADS: Final = {"type_spec": "type ", "type_alias": "type ", "const_spec": "const ", "var_spec": "var "}
"""Words that stand before a group of definitions, and before the signature of each."""
_WRAPPERS: Final = words("template_declaration lexical_declaration variable_declaration export_statement")
_ATTRIBUTES: Final = (b"__attribute__", b"__declspec")
"""What stands where a name does in broken C, and is none."""
_SCOPES: Final = frozenset({"impl", "namespace"})
"""They give a scope to what is in them and are no definitions themselves."""


class _Found(NamedTuple):
    """A definition as it was matched, by bytes; the order of the source is the order of these."""

    start: int
    minus_end: int
    name: str
    kind: str
    scope: str
    node: Node


def read(source: bytes, path: str) -> Symbols | None:
    """The symbols of a file; None for a language that we have no grammar for."""
    known = language_of(path)
    if known is None:
        return None
    language, root = trees.tolerant(cpp.unlabelled(source) if known in ("c", "c++") else source, path)
    grammar = GRAMMARS[language]
    found = _found(root, language)
    definitions = tuple(_definitions(found, source))[:MOST_DEFINITIONS]
    passed = _cursor(language, "passed").captures(root)
    imports = [*passed.get("import", []), *filter(_is_require, passed.get("call", []))]
    names = _names(source, [*passed.get("quiet", []), *imports], grammar.keywords)
    for definition in definitions:
        names[definition.name] -= 1
    references = dict((+names).most_common(MOST_NAMES))
    return Symbols(language, _lines(source), definitions, references, _imported(imports), root.has_error)


def _cursor(language: str, part: str) -> QueryCursor:
    return QueryCursor(_query(language, part), match_limit=_OPEN)


@cache
def _query(language: str, part: str) -> Query:
    return Query(trees.grammar(language), getattr(GRAMMARS[language], part))


def _found(root: Node, language: str) -> list[_Found]:
    """The definitions in the order of the source, outer ones first; of two for one name the wider, then the later."""
    best: dict[int, _Found] = {}
    for _, captures in _cursor(language, "definitions").matches(root):
        names = captures.pop("name", None)
        if names is None:
            continue
        (scope,) = captures.pop("scope", [None])[:1]
        for kind, nodes in captures.items():
            for name in names if names[0].text not in _ATTRIBUTES else ():
                one = _one(name, kind, scope, nodes[0])
                known = best.get(name.start_byte)
                if known is None or (one.start, one.minus_end) <= (known.start, known.minus_end):
                    best[name.start_byte] = one
    return sorted(best.values(), key=lambda one: one[:2])


def _one(name: Node, kind: str, scope: Node | None, node: Node) -> _Found:
    *outer, last = _text(name).split("::")
    last = last if kind not in _SCOPES else _TAIL.sub("", last)
    around = ".".join([*outer, *re.findall(r"\w+", _text(scope))[:1]] if scope else outer)
    return _Found(node.start_byte, -node.end_byte, last.strip("~\"' "), kind, around, node)


def _definitions(found: Iterable[_Found], source: bytes) -> Iterator[Definition]:
    """Those outside of functions, each with the names around it."""
    around: list[tuple[int, int, str, str]] = []
    for one in found:
        while around and (around[-1][1] <= one.start or around[-1][:2] == (one.start, -one.minus_end)):
            around.pop()
        _, _, names, kind = around[-1] if around else (0, 0, "", "")
        scope = _joined(names, one.scope)
        hidden = kind == "hidden" or kind in _OPAQUE
        around.append((one.start, -one.minus_end, _joined(scope, one.name), "hidden" if hidden else one.kind))
        if not hidden and one.kind not in _SCOPES and 0 < len(one.name) <= LONGEST_NAME:
            is_method = one.kind == "function" and scope != "" and kind != "namespace"
            yield _definition(one, "method" if is_method else one.kind, scope, source)


def _joined(*names: str) -> str:
    return ".".join(filter(None, names))


def _definition(one: _Found, kind: str, scope: str, source: bytes) -> Definition:
    node = one.node
    last = node.end_point.row + (node.end_point.column > 0)
    return Definition(one.name, kind, node.start_point.row + 1, last, scope, _signature(node, source))


def _signature(node: Node, source: bytes) -> str:
    """Everything before the body, in one line; the first line of what has no body."""
    start = node.start_byte
    body = _body(node)
    end = body.start_byte if body and body.start_byte > start else node.end_byte
    head = source[start : min(end, start + 4 * LONGEST_SIGNATURE)].decode("utf-8", "replace")
    if not body:
        head = head.split("\n", 1)[0]
    head = _LEADS.get(node.type, "") + " ".join(head.split()).rstrip(" {:=;")
    return head if len(head) <= LONGEST_SIGNATURE else f"{head[: LONGEST_SIGNATURE - 3]}..."


def _body(node: Node) -> Node | None:
    """The body of a definition, also of one below decorators, template parameters or a declaration."""
    inner: Node | None = node
    for _ in range(4):
        if inner is None:
            return None
        if body := inner.child_by_field_name("body"):
            return body
        inner = (
            inner.child_by_field_name("definition")
            or inner.child_by_field_name("value")
            or (inner.named_children[-1] if inner.type in _WRAPPERS else None)
        )
    return None


def _names(source: bytes, quiet: list[Node], keywords: frozenset[str]) -> Counter[str]:
    """The names in what is left without the quiet parts, counted."""
    parts: list[bytes] = []
    position = 0
    for start, end in sorted((node.start_byte, node.end_byte) for node in quiet):
        if start >= position:
            parts.append(source[position:start])
        position = max(position, end)
    parts.append(source[position:])
    counted = Counter(_NAME.findall(b" ".join(parts)))
    names = {name.decode("utf-8", "replace"): count for name, count in counted.items() if len(name) <= LONGEST_NAME}
    return Counter({name: count for name, count in names.items() if name not in keywords})


def _imported(statements: Iterable[Node]) -> frozenset[str]:
    found: set[str] = set()
    for statement in statements:
        found.update(_WORD.findall(_text(statement)))
        if len(found) > MOST_IMPORTED:
            break
    return frozenset(sorted(found - _STATEMENT)[:MOST_IMPORTED])


def _is_require(call: Node) -> bool:
    return (call.text or b"").startswith(b"require")


def _lines(source: bytes) -> int:
    return source.count(b"\n") + (not source.endswith(b"\n") and source != b"")


def _text(node: Node | None) -> str:
    return ((node.text if node else None) or b"").decode("utf-8", "replace")

"""Syntax trees: which grammar reads a file, the tree, and its first error.

What has to be right about Python is read with `ast` instead; its grammar is for files that may hold errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache

import tree_sitter_c
import tree_sitter_cpp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from gitbuddy.core.endings import language_of

_GRAMMARS: Mapping[str, Callable[[], object]] = {
    "c": tree_sitter_c.language,
    "c++": tree_sitter_cpp.language,
    "go": tree_sitter_go.language,
    "java": tree_sitter_java.language,
    "javascript": tree_sitter_javascript.language,
    "python": tree_sitter_python.language,
    "rust": tree_sitter_rust.language,
    "tsx": tree_sitter_typescript.language_tsx,
    "typescript": tree_sitter_typescript.language_typescript,
}
_CPLUSPLUS = re.compile(
    rb"^[ \t]*(?:class[ \t]+\w|namespace\b|template[ \t]*<|using[ \t]|(?:public|private)[ \t]*:)", re.MULTILINE
)
COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
_SHOWN = 60


def parse(source: bytes, path: str) -> tuple[str, Node]:
    """The language that a file turned out to be in, and the root of its tree.

    Raises `ValueError` with the line where no grammar of its language reads it.
    """
    language = language_of(path) or ""
    trees = [(name, _tree(source, name)) for name in _readings(language, path)]
    if b"\0" in source:
        raise ValueError("it holds a NUL byte")
    for name, root in trees:
        if not root.has_error:
            return name, root
    raise ValueError(_complaint(trees[0][1]))


def tolerant(source: bytes, path: str) -> tuple[str, Node]:
    """As `parse`, for a file that may hold errors, and read once: a header with words of C++ counts as C++."""
    language = language_of(path) or ""
    name = "c++" if path.endswith(".h") and _CPLUSPLUS.search(source) else language
    return name, _tree(source, name)


def _readings(language: str, path: str) -> tuple[str, ...]:
    return (language, "c++") if path.endswith(".h") else (language,)


def _tree(source: bytes, language: str) -> Node:
    return _parser(language).parse(source).root_node


@cache
def grammar(language: str) -> Language:
    """The grammar of a language, for queries."""
    return Language(_GRAMMARS[language]())


@cache
def _parser(language: str) -> Parser:
    return Parser(grammar(language))


def _complaint(root: Node) -> str:
    broken = next((node for node in walk(root, _has_error) if node.is_error or node.is_missing), root)
    line = broken.start_point.row + 1
    if broken.is_missing:
        return f"line {line}: missing {broken.type}"
    first = _text(broken).strip().split("\n")[0]
    return f"line {line}: cannot read: {first[:_SHOWN]}"


def _has_error(node: Node) -> bool:
    return node.has_error


def walk(root: Node, enter: Callable[[Node], bool] = lambda node: True) -> Iterator[Node]:
    """All nodes in the order of the source, without those below a node that `enter` refuses."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if enter(node):
            stack.extend(reversed(node.children))


def words(node: Node | None, without: Collection[int] = ()) -> str:
    """The tokens of a node with one blank between them, comments left out, and leaves that start at `without`."""
    if node is None:
        return ""
    leaves = (leaf for leaf in walk(node, lambda inner: inner.type not in COMMENTS) if not leaf.child_count)
    kept = (leaf for leaf in leaves if leaf.type not in COMMENTS and leaf.start_byte not in without)
    return " ".join(filter(None, map(_text, kept)))


def name_of(node: Node | None, field: str = "name") -> str:
    """The text of a field of a node; empty when there is none."""
    found = node and node.child_by_field_name(field)
    return _text(found) if found else ""


def has(node: Node, *texts: str) -> bool:
    """Whether one of the node's own tokens, or of its list of modifiers, is one of these words."""
    own = [*node.children, *(inner for child in node.children if child.type == "modifiers" for inner in child.children)]
    return any(_text(child) in texts for child in own if not child.named_child_count)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")

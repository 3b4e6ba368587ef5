"""Tests that stand in the very file of the code they test, as is usual in Rust."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gitbuddy.core.languages.trees import COMMENTS, tolerant

_ATTRIBUTES = frozenset({"attribute_item", "inner_attribute_item"})


def rust(source: bytes) -> tuple[bytes, ...]:
    """The items that an attribute gives to tests, and what could give their words another meaning, in their order."""
    return tuple(_of(tolerant(source, "x.rs")[1]))


def _of(root: Node) -> Iterator[bytes]:
    stack = [root]
    while stack:
        node, attributes, inner = stack.pop(), b"", []
        for child in node.children:
            text = child.text or b""
            if child.type in _ATTRIBUTES:
                attributes += text
            elif b"test" in attributes or child.type == "macro_definition" or _plays(child, text):
                yield attributes + text
                attributes = b""
            elif child.type not in COMMENTS:
                inner.append(child)
                attributes = b""
        if b"test" in attributes:  # an inner one, for all that is around it
            yield attributes
        stack.extend(reversed(inner))


def _plays(node: Node, text: bytes) -> bool:
    """Whether this brings in another `assert!` than the one that everybody knows, or asks if a test is running."""
    return (node.type == "use_declaration" and b"assert" in text) or (
        node.type == "macro_invocation" and text.startswith(b"cfg!")
    )

"""Public names of a Rust file: what is `pub`, and what a public trait or enum holds; `pub(crate)` is not."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gitbuddy.core.languages.trees import name_of, walk, words

_TYPES = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "type_item"})
_FUNCTIONS = frozenset({"function_item", "function_signature_item"})
_VALUES = frozenset({"const_item", "static_item", "associated_type"})


def declared(root: Node) -> Iterator[tuple[str, str]]:
    yield from _items(root, "", everything=False)


def _items(body: Node, prefix: str, *, everything: bool) -> Iterator[tuple[str, str]]:
    """`everything`: items are as public as what holds them."""
    exported = False
    for node in body.named_children:
        if node.type == "attribute_item":
            exported = exported or "macro_export" in words(node)
            continue
        if node.type == "impl_item":
            yield from _implementation(node, prefix)
        elif node.type == "mod_item" and (inner := node.child_by_field_name("body")):
            yield from _items(inner, f"{prefix}{name_of(node)}::", everything=False)
        elif node.type == "macro_definition" and exported:
            yield f"{prefix}{name_of(node)}!", ""
        elif everything or _is_public(node):
            yield from _item(node, prefix)
        exported = False


def _implementation(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    body, owner = node.child_by_field_name("body"), name_of(node, "type").split("<")[0]
    if body and node.child_by_field_name("trait") is None:
        yield from _items(body, f"{prefix}{owner}::", everything=False)


def _item(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    name = f"{prefix}{name_of(node)}"
    body = node.child_by_field_name("body")
    if node.type in _FUNCTIONS:
        yield name, _function(node)
    elif node.type in _TYPES:
        generic = words(node.child_by_field_name("type_parameters"))
        yield name, f"{node.type} {generic} {words(node.child_by_field_name('type'))}".strip()
        if body and node.type == "trait_item":
            yield from _items(body, f"{name}::", everything=True)
        elif body:
            yield from _members(body, f"{name}::")
    elif node.type in _VALUES:
        yield name, ""
    elif node.type == "use_declaration":
        yield from ((f"{prefix}{used}", "") for used in _used(node.child_by_field_name("argument")))


def _members(body: Node, prefix: str) -> Iterator[tuple[str, str]]:
    for node in body.named_children:
        if node.type == "enum_variant":
            yield f"{prefix}{name_of(node)}", words(node.child_by_field_name("body"))
        elif node.type == "field_declaration" and _is_public(node):
            yield f"{prefix}{name_of(node)}", words(node.child_by_field_name("type"))
    if body.type == "ordered_field_declaration_list":
        yield f"{prefix}0", words(body)


def _function(node: Node) -> str:
    modifiers = [words(part) for part in node.children if part.type == "function_modifiers"]
    parameters = node.child_by_field_name("parameters")
    listed = [_parameter(part) for part in parameters.named_children] if parameters else []
    clauses = [words(part) for part in node.children if part.type == "where_clause"]
    generic, back = words(node.child_by_field_name("type_parameters")), words(node.child_by_field_name("return_type"))
    shown = ", ".join(filter(None, listed))
    return " ".join(filter(None, [*modifiers, f"fn {generic}({shown})", back and f"-> {back}", *clauses]))


def _parameter(node: Node) -> str:
    return words(node.child_by_field_name("type")) if node.type == "parameter" else words(node)


def _used(argument: Node | None) -> Iterator[str]:
    """The names a `pub use` gives: `a::{b, c as d}` gives b and d."""
    for node in walk(argument) if argument else ():
        parent = node.parent
        if node.type == "use_wildcard":
            yield words(node)
        elif node.type not in ("identifier", "type_identifier") or parent is None:
            continue
        elif not _leads_on(node, parent):
            yield words(node)


def _leads_on(node: Node, parent: Node) -> bool:
    """Whether this is a part of a path, or a name that is exchanged for another one."""
    if parent.type == "use_wildcard" or parent.child_by_field_name("path") == node:
        return True
    if parent.type != "scoped_identifier":
        return False
    above = parent.parent
    return above is not None and (above.child_by_field_name("path") == parent or above.type == "use_wildcard")


def _is_public(node: Node) -> bool:
    return any(words(part) == "pub" for part in node.children if part.type == "visibility_modifier")

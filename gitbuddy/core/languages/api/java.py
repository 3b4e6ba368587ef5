"""Public names of a Java file: what is public or protected in public types; members of interfaces always are."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gitbuddy.core.languages.trees import has, name_of, words

_TYPES = frozenset(
    {
        "class_declaration",
        "interface_declaration",
        "enum_declaration",
        "record_declaration",
        "annotation_type_declaration",
    }
)
_METHODS = frozenset(
    {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}
    | {"annotation_type_element_declaration"}
)
_FIELDS = frozenset({"field_declaration", "constant_declaration"})
_OPEN_BODIES = frozenset({"interface_body", "annotation_type_body"})


def declared(root: Node) -> Iterator[tuple[str, str]]:
    return _members(root, "", everything=False)


def _members(body: Node, prefix: str, *, everything: bool) -> Iterator[tuple[str, str]]:
    for node in body.named_children:
        if node.type == "enum_constant":
            yield prefix + name_of(node), ""
        elif node.type == "enum_body_declarations":
            yield from _members(node, prefix, everything=False)
        elif everything or has(node, "public", "protected"):
            yield from _member(node, prefix)


def _member(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    static = "static " if has(node, "static") else ""
    if node.type in _TYPES:
        yield prefix + name_of(node), _type(node)
        if body := node.child_by_field_name("body"):
            yield from _members(body, f"{prefix}{name_of(node)}.", everything=body.type in _OPEN_BODIES)
    elif node.type in _METHODS:
        yield prefix + name_of(node), static + _method(node)
    elif node.type in _FIELDS:
        type_ = words(node.child_by_field_name("type"))
        for declarator in node.children_by_field_name("declarator"):
            yield prefix + name_of(declarator), static + type_


def _type(node: Node) -> str:
    abstract = "abstract " if has(node, "abstract") else ""
    parts = (words(node.child_by_field_name(part)) for part in ("type_parameters", "superclass", "interfaces"))
    made = _parameters(node) if node.type == "record_declaration" else ""
    extended = (words(part) for part in node.children if part.type == "extends_interfaces")
    return abstract + " ".join(filter(None, [node.type, *parts, *extended, made]))


def _method(node: Node) -> str:
    generic, type_ = words(node.child_by_field_name("type_parameters")), words(node.child_by_field_name("type"))
    thrown = (words(part) for part in node.children if part.type == "throws")
    return " ".join(filter(None, [generic, type_, _parameters(node), *thrown]))


def _parameters(node: Node) -> str:
    found = node.child_by_field_name("parameters")
    return f"({', '.join(filter(None, map(_parameter, found.named_children)))})" if found else ""


def _parameter(node: Node) -> str:
    if node.type == "spread_parameter":
        return "".join(words(part) for part in node.children if part.type not in ("modifiers", "variable_declarator"))
    return words(node.child_by_field_name("type")) + words(node.child_by_field_name("dimensions"))

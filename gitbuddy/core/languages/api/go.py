"""Public names of a Go file: what begins with a capital letter."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from gitbuddy.core.languages.trees import name_of, walk, words

_BODIES = ("block", "field_declaration_list", "struct_type", "interface_type")


def declared(root: Node) -> Iterator[tuple[str, str]]:
    for name, signature in _declared(root):
        if all(part[:1].isupper() for part in name.split(".")):
            yield name, signature


def _declared(root: Node) -> Iterator[tuple[str, str]]:
    for node in root.named_children:
        if node.type == "function_declaration":
            yield name_of(node), _function(node)
        elif node.type == "method_declaration":
            receiver = words(node.child_by_field_name("receiver")).split("[")[0].split()
            owner = next((word for word in reversed(receiver) if word.isidentifier()), "")
            yield f"{owner}.{name_of(node)}", ("*" in receiver) * "pointer " + _function(node)
        elif node.type == "type_declaration":
            for spec in node.named_children:
                yield from _type(spec)
        else:
            yield from _values(node)


def _values(root: Node) -> Iterator[tuple[str, str]]:
    for node in walk(root, lambda inner: inner.type not in _BODIES):
        if node.type in ("const_spec", "var_spec"):
            yield from ((words(name), "") for name in node.children_by_field_name("name") if name.is_named)


def _type(spec: Node) -> Iterator[tuple[str, str]]:
    name, kind = name_of(spec), spec.child_by_field_name("type")
    parameters = words(spec.child_by_field_name("type_parameters"))
    if kind is None or kind.type not in ("struct_type", "interface_type"):
        yield name, f"type {parameters} {spec.type} {words(kind)}"
        return
    yield name, f"{kind.type} {parameters}"
    for node in walk(kind):
        if node.type == "field_declaration":
            names = [words(part) for part in node.children_by_field_name("name") if part.is_named]
            type_ = words(node.child_by_field_name("type"))
            yield from ((f"{name}.{part}", type_) for part in names or [type_.split(" ")[-1]])
        elif node.type == "method_elem":
            yield f"{name}.{name_of(node)}", _function(node)


def _function(node: Node) -> str:
    generic = words(node.child_by_field_name("type_parameters"))
    return f"func {generic}{_types(node, 'parameters')} {_types(node, 'result')}"


def _types(node: Node, field: str) -> str:
    """The types of a list of parameters; `a, b int` is `int, int`."""
    found = node.child_by_field_name(field)
    if found is None or found.type != "parameter_list":
        return f"({words(found)})"
    types: list[str] = []
    for part in found.named_children:
        names = [name for name in part.children_by_field_name("name") if name.is_named]
        dots = "..." if part.type == "variadic_parameter_declaration" else ""
        types += [dots + words(part.child_by_field_name("type"))] * max(1, len(names))
    return f"({', '.join(filter(None, types))})"

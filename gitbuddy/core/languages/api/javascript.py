"""What a JavaScript or TypeScript module exports, by `export` or by `module.exports`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from gitbuddy.core.languages.trees import has, name_of, walk, words

_FUNCTIONS = frozenset(
    {"function_declaration", "generator_function_declaration", "function_signature"}
    | {"arrow_function", "function_expression", "generator_function"}
)
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_METHODS = frozenset({"method_definition", "abstract_method_signature", "method_signature"})
_FIELDS = frozenset({"field_definition", "public_field_definition"})
_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration"})
_SPACES = frozenset({"internal_module", "module"})
_VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})


def declared(root: Node) -> Iterator[tuple[str, str]]:
    local = {words(node.child_by_field_name("name")): node for node in _top(root)}
    for node in root.named_children:
        if node.type == "export_statement":
            yield from _exported(node, local)
        elif node.type == "expression_statement":
            yield from _assigned(node, local)


def _top(root: Node) -> Iterator[Node]:
    """What is declared at the top of the file, a variable as its declarator."""
    for node in root.named_children:
        declaration = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        if declaration and declaration.type in _VARIABLES:
            yield from (part for part in declaration.named_children if part.type == "variable_declarator")
        elif declaration and declaration.child_by_field_name("name"):
            yield declaration


def _exported(node: Node, local: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    value = node.child_by_field_name("declaration") or node.child_by_field_name("value")
    clause = next((part for part in node.named_children if part.type == "export_clause"), None)
    if value and has(node, "default"):
        yield from _thing("default", local.get(words(value), value))
    elif value:
        yield from _declaration(value, "")
    elif clause:
        elsewhere = node.child_by_field_name("source")
        for part in clause.named_children:
            name = name_of(part)
            known = None if elsewhere else local.get(name)
            yield from _thing(name_of(part, "alias") or name, known)
    else:  # export * from "x", export = x
        yield words(node).partition(" ")[2], ""


def _declaration(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    if node.type in _VARIABLES:
        for part in node.named_children:
            yield from _variable(part, prefix)
    elif node.type == "ambient_declaration":
        for part in node.named_children:
            yield from _declaration(part, prefix)
    elif node.type in _SPACES and (body := node.child_by_field_name("body")):
        for part in body.named_children:
            if inner := part.child_by_field_name("declaration"):
                yield from _declaration(inner, f"{prefix}{name_of(node)}.")
    elif name := name_of(node):
        yield from _thing(prefix + name, node)


def _variable(declarator: Node, prefix: str) -> Iterator[tuple[str, str]]:
    pattern = declarator.child_by_field_name("name")
    if pattern is None:
        return
    if pattern.type == "identifier":
        yield from _thing(prefix + words(pattern), declarator)
    else:
        yield from ((prefix + bound, "") for bound in _bound(pattern))


def _bound(pattern: Node) -> Iterator[str]:
    names = ("identifier", "shorthand_property_identifier_pattern")
    return (words(node) for node in walk(pattern) if node.type in names)


def _assigned(node: Node, local: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    """`exports.x = ...`, `module.exports.x = ...`, `module.exports = {...}`, `module.exports = x`."""
    statement = node.named_children[0] if node.named_children else node
    left, right = statement.child_by_field_name("left"), statement.child_by_field_name("right")
    target = words(left).replace(" ", "")
    if right is None or not target.startswith(("exports.", "module.exports")):
        return
    name = target.removeprefix("module.").removeprefix("exports").removeprefix(".")
    if name:
        yield from _thing(name, local.get(words(right), right))
    elif right.type == "object":
        for part in right.named_children:
            value = part.child_by_field_name("value")
            own = name_of(part, "key") or name_of(part) or words(part)
            yield from _thing(own, part if part.type in _METHODS else local.get(words(value) or own, value))
    else:
        yield from _thing("module.exports", local.get(words(right), right))


def _thing(name: str, node: Node | None) -> Iterator[tuple[str, str]]:
    """A name with the signature of what it stands for, where that is seen."""
    value = node and node.type == "variable_declarator" and node.child_by_field_name("value")
    thing = value or node
    if thing is None:
        yield name, ""
    elif thing.type in _FUNCTIONS or thing.type in _METHODS:
        yield name, _function(thing)
    elif thing.type in _CLASSES:
        yield name, _class(thing)
        yield from _members(name, thing)
    elif thing.type in _TYPES:
        yield name, words(thing)
    else:
        yield name, words(node.child_by_field_name("type")) if node else ""


def _class(node: Node) -> str:
    parts = [node.child_by_field_name("type_parameters")]
    parts += [part for part in node.children if part.type == "class_heritage"]
    return " ".join(filter(None, ["class", *map(words, parts)]))


def _members(owner: str, node: Node) -> Iterator[tuple[str, str]]:
    body = node.child_by_field_name("body")
    for part in body.named_children if body else ():
        name = name_of(part) or name_of(part, "property")
        access = [words(child) for child in part.children if child.type == "accessibility_modifier"]
        if not name or name.startswith(("#", "_")) or "private" in access:
            continue
        static = "static " if has(part, "static") else ""
        if part.type in _METHODS:
            yield f"{owner}.{name}", static + _function(part)
        elif part.type in _FIELDS:
            value = part.child_by_field_name("value")
            is_function = value is not None and value.type in _FUNCTIONS
            type_ = words(part.child_by_field_name("type"))
            yield f"{owner}.{name}", static + (_function(value) if value and is_function else type_)


def _function(node: Node) -> str:
    kind = [word for word in ("get", "set", "async") if has(node, word)]
    single = node.child_by_field_name("parameter")  # x => x
    listed = node.child_by_field_name("parameters")
    shown = [_parameter(part) for part in (listed.named_children if listed else [single] if single else [])]
    generic, back = words(node.child_by_field_name("type_parameters")), words(node.child_by_field_name("return_type"))
    return " ".join([*kind, f"{generic}({', '.join(filter(None, shown))}){back}"])


def _parameter(node: Node) -> str:
    """A parameter without its name, which callers do not use; what is taken apart is told by its keys."""
    if node.type in ("comment", "decorator"):
        return ""
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
    given = node.type == "assignment_pattern" or node.child_by_field_name("value") is not None
    shown = "..." if pattern.type == "rest_pattern" else "_" if pattern.type in ("identifier", "this") else ""
    optional = "?" if node.type == "optional_parameter" else ""
    return (shown or words(pattern)) + optional + words(node.child_by_field_name("type")) + "=" * given

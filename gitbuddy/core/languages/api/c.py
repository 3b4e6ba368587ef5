"""Public names of C and C++: functions that are not static, and in headers all that is declared. Best effort.

Members of classes count where they are public; the bodies of methods outside their class do not, as only the class
says whether they are public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from gitbuddy.core.languages.trees import name_of, walk, words

_TRANSPARENT = frozenset(
    {"preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "linkage_specification", "declaration_list"}
    | {"preproc_elifdef"}
)
_RECORDS = frozenset({"struct_specifier", "class_specifier", "union_specifier"})
_DECLARATIONS = frozenset({"declaration", "field_declaration", "function_definition", "type_definition"})
_NAMES = frozenset(
    {"identifier", "field_identifier", "type_identifier", "destructor_name", "operator_name", "qualified_identifier"}
    | {"operator_cast"}
)
_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".H", ".ipp", ".inl", ".tpp")


def declared(root: Node, path: str) -> Iterator[tuple[str, str]]:
    return _items(root, "", header=path.endswith(_HEADERS))


def _items(body: Node, prefix: str, *, header: bool) -> Iterator[tuple[str, str]]:
    for node in body.named_children:
        if node.type in _TRANSPARENT:
            yield from _items(node, prefix, header=header)
        elif node.type == "namespace_definition":
            inner, name = node.child_by_field_name("body"), name_of(node)
            if inner and name:  # what stands in a namespace without a name is as good as static
                yield from _items(inner, f"{prefix}{name}::", header=header)
        elif node.type == "template_declaration":
            yield from _generic(node, _items(node, prefix, header=header))
        elif header and node.type.startswith("preproc_"):
            yield from _macro(node)
        else:
            yield from _item(node, prefix, header=header)


def _generic(template: Node, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    parameters = words(template.child_by_field_name("parameters"))
    return ((name, f"{parameters} {signature}") for name, signature in names)


def _macro(node: Node) -> Iterator[tuple[str, str]]:
    parameters = node.child_by_field_name("parameters")
    if name := name_of(node):
        yield name, f"macro of {parameters.named_child_count}" if parameters else ""


def _item(node: Node, prefix: str, *, header: bool) -> Iterator[tuple[str, str]]:
    if header:
        yield from _types(node, prefix)
    if node.type not in _DECLARATIONS or (_is_static(node) and "::" not in prefix and not header):
        return
    for declarator in node.children_by_field_name("declarator"):
        name, function = _name(declarator), _function(declarator)
        if name and "::" not in name and (header or (function and node.type == "function_definition")):
            yield prefix + name, _signature(node, function) if function else _type(node)


def _types(node: Node, prefix: str) -> Iterator[tuple[str, str]]:
    """The struct, class, union or enum that a declaration brings along, with its members."""
    for part in (node, node.child_by_field_name("type")):
        if part is None or not (body := part.child_by_field_name("body")):
            continue
        if part.type in _RECORDS:
            bases = " ".join(words(child) for child in part.children if child.type == "base_class_clause")
            name = name_of(part) or name_of(node, "declarator")  # typedef struct { ... } name;
            yield prefix + name, f"{part.type} {bases}".strip()
            yield from _members(body, f"{prefix}{name}::", public=part.type != "class_specifier")
        elif part.type == "enum_specifier":
            yield from ((prefix + name_of(child), "") for child in body.named_children if name_of(child))


def _members(body: Node, prefix: str, *, public: bool) -> Iterator[tuple[str, str]]:
    for node in body.named_children:
        if node.type == "access_specifier":
            public = words(node) != "private"
        elif public and node.type == "template_declaration":
            yield from _generic(node, _members(node, prefix, public=True))
        elif public:
            yield from _item(node, prefix, header=True)


def _signature(node: Node, function: Node) -> str:
    parameters = function.child_by_field_name("parameters")
    listed = [_parameter(part) for part in parameters.children if part.type not in "(,)"] if parameters else []
    constant = " const" if any(words(part) == "const" for part in function.children) else ""
    static = "static " if _is_static(node) else ""
    return f"{static}{_type(node)} ({', '.join(filter(None, listed))}){constant}"


def _type(node: Node) -> str:
    """The type with the stars of the declarator; a struct that is declared here by its name only."""
    declarator = node.child_by_field_name("declarator")
    stars = ""
    while declarator and declarator.type in ("pointer_declarator", "reference_declarator"):
        stars += words(declarator)[:1]
        declarator = declarator.child_by_field_name("declarator") or declarator.named_child(0)
    kind = node.child_by_field_name("type")
    named = kind is not None and kind.child_by_field_name("body") is not None
    qualifiers = [words(part) for part in node.children if part.type == "type_qualifier"]
    return " ".join(filter(None, [*qualifiers, name_of(kind) if named else words(kind), stars]))


def _parameter(node: Node) -> str:
    """A parameter without its name; a default value as `=`."""
    declarator, default = node.child_by_field_name("declarator"), node.child_by_field_name("default_value")
    given = {leaf.start_byte for leaf in walk(default)} if default else set()
    named = {leaf.start_byte for leaf in walk(declarator) if leaf.type == "identifier"} if declarator else set()
    first = {min(named)} if named else set()
    shown = words(node, given | first)
    return "" if shown == "void" else shown


def _function(declarator: Node | None) -> Node | None:
    """The function that a declarator declares; a pointer to one is none."""
    while declarator and declarator.type in ("pointer_declarator", "reference_declarator"):
        declarator = declarator.child_by_field_name("declarator") or declarator.named_child(0)
    if declarator is None or declarator.type != "function_declarator":
        return None
    inner = declarator.child_by_field_name("declarator")
    return None if inner is not None and inner.type == "parenthesized_declarator" else declarator


def _name(declarator: Node) -> str:
    named = walk(declarator, lambda node: node.type not in _NAMES and node.type != "parameter_list")
    return next((words(node).replace(" ", "") for node in named if node.type in _NAMES), "")


def _is_static(node: Node) -> bool:
    return any(words(part) == "static" for part in node.children if part.type == "storage_class_specifier")

"""Places for faults in the languages that tree-sitter reads. Types are kept where the syntax shows them.

A mutant that a compiler refuses tells nothing of a test: whoever tries it must tell a failed build from a failed test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from gitbuddy.core.languages.trees import COMMENTS, name_of, parse
from gitbuddy.core.mutants.sites import LOGGING, Fault, Site, larger, short, swapped

_LEFT_ALONE = frozenset(
    # imports, types, attributes, directives, macros, and words of errors
    {"import_statement", "import_declaration", "package_declaration", "package_clause", "use_declaration"}
    | {"type_annotation", "type_arguments", "type_parameters", "type_alias_declaration", "interface_declaration"}
    | {"literal_type", "ambient_declaration", "annotation", "marker_annotation", "decorator", "type_declaration"}
    | {"attribute_item", "inner_attribute_item", "macro_invocation", "macro_definition", "array_type", "generic_type"}
    | {"preproc_include", "preproc_def", "preproc_function_def", "preproc_call", "static_assert_declaration"}
    | {"template_argument_list", "template_parameter_list", "array_declarator", "bitfield_clause"}
)
_FUNCTIONS = frozenset(
    {"function_declaration", "function_definition", "method_definition", "method_declaration", "function_item"}
    | {"constructor_declaration", "generator_function_declaration", "class_declaration", "class_specifier"}
    | {"struct_specifier", "impl_item", "mod_item", "variable_declarator"}
)
_STRINGS = frozenset(
    {"string", "string_literal", "template_string", "raw_string_literal", "interpreted_string_literal"}
)
_NUMBERS = frozenset(
    {"number", "number_literal", "int_literal", "float_literal", "integer_literal"}
    | {"decimal_integer_literal", "decimal_floating_point_literal"}
)
_CONDITIONAL = frozenset({"if_statement", "if_expression", "ternary_expression", "conditional_expression"})
_UPDATES = frozenset(
    {"binary_expression", "augmented_assignment_expression", "assignment_expression", "compound_assignment_expr"}
    | {"assignment_statement", "update_expression", "inc_statement", "dec_statement"}
)
_SKIPPED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("preproc_if", "preproc_elif"), ("condition",)),
    **dict.fromkeys(("for_statement", "for_clause"), ("update", "increment")),  # or it might never end
    "linkage_specification": ("value",),
}
_CALLS = frozenset({"call_expression", "method_invocation", "await_expression"})
_THROWS = frozenset({"throw_statement"})
_MESSAGES = re.compile(r"^(?:errors\.New|fmt\.Errorf|panic|require)$")
_TRUTH = frozenset({"bool", "boolean", "_Bool"})
_WHOLE = frozenset(
    {"int", "long", "short", "byte", "char", "unsigned", "size_t", "ssize_t", "rune", "uint", "isize", "usize"}
    | {f"{sign}int{bits}{end}" for sign in ("", "u") for bits in (8, 16, 32, 64) for end in ("", "_t")}
    | {f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128)}
)
_REAL = frozenset({"float", "double", "float32", "float64", "f32", "f64"})
_TEXT = frozenset({"string", "String", "std::string"})
_SCRIPT = frozenset({"javascript", "typescript", "tsx"})
_OTHER_TRUTH: Mapping[bytes, bytes] = {b"true": b"false", b"false": b"true"}


def sites(source: bytes, path: str) -> Sequence[Site]:
    """Places for faults. Raises `ValueError` where the source cannot be read."""
    language, root = parse(source, path)
    found: list[Site] = []
    stack = [(root, "", "")]  # node, function, the type that the function gives back
    while stack:
        node, function, gives = stack.pop()
        if _is_left_alone(node):
            continue
        found += _here(node, language, function, gives)
        if node.type in _FUNCTIONS and (name := _name(node)):
            function, gives = f"{function}.{name}".lstrip("."), _given_back(node) or gives
        stack += [(child, function, gives) for child in reversed(_children(node))]
    return found


def _here(node: Node, language: str, function: str, gives: str) -> Iterator[Site]:
    """The faults of this very node."""
    if node.type in _UPDATES:
        yield from _operator(node, function)
    elif node.type in _CONDITIONAL:
        yield from _condition(node, function)
    elif node.type in ("return_statement", "return_expression"):
        yield from _return(next(iter(_named(node)), None), language, function, gives)
    elif node.type == "function_item":
        yield from _tail(node)
    elif node.type == "arrow_function" and language in _SCRIPT:
        body = node.child_by_field_name("body")
        if body and body.type != "statement_block":
            yield from _return(body, language, function, gives)
    elif node.type in ("unary_expression", "not_expression"):
        yield from _negation(node, function)
    elif node.type in ("expression_statement", "throw_statement"):
        yield from _removed(node, language, function)
    else:
        yield from _constant(node, function)


def _operator(node: Node, function: str) -> Iterator[Site]:
    operator = node.child_by_field_name("operator") or next((part for part in node.children if not part.is_named), None)
    sides = [side for side in (node.child_by_field_name(name) for name in ("left", "right")) if side]
    if operator is None or (_text(operator) in (b"+", b"+=") and any(map(_has_words, sides))):
        return
    if site := swapped(operator.start_byte, _text(operator).decode(), function):
        yield site


def _has_words(node: Node) -> bool:
    """Whether text is put together here, which cannot be subtracted."""
    if node.type in _STRINGS:
        return True
    parts = node.named_children if node.type in ("binary_expression", "expression_list") else []
    return any(map(_has_words, parts))


def _condition(node: Node, function: str) -> Iterator[Site]:
    condition = node.child_by_field_name("condition")
    if condition is None or condition.type in ("let_condition", "let_chain"):
        return
    if condition.type == "condition_clause":  # C++: may declare a variable, too
        inner = condition.named_children
        if len(inner) != 1 or inner[0].type == "declaration":
            return
    text = _text(condition)
    bare = condition.type not in ("condition_clause", "parenthesized_expression")
    negated = b"!(" + text + b")" if bare else b"(!" + text + b")"
    yield _exchange(Fault.CONDITION, condition, negated, function)


def _return(value: Node | None, language: str, function: str, gives: str) -> Iterator[Site]:
    if value is None:
        return
    text = _text(value)
    if language in _SCRIPT:
        new = b"undefined as never" if language != "javascript" else b"undefined"
        if value.type != "undefined":
            yield _exchange(Fault.RETURN, value, new, function, "what is returned")
    elif value.type == "expression_list" and value.named_child_count > 1:
        return
    elif new := _other(text, gives, language):
        yield _exchange(Fault.RETURN, value, new, function, "what is returned")


def _other(text: bytes, gives: str, language: str) -> bytes:
    """Another value of the same type, in which all names are still used; empty when we know none."""
    if gives in _TRUTH:
        return b"!(" + text + b")"
    if gives in _WHOLE:
        return b"(" + text + b") + 1"
    if gives in _REAL:
        return b"(" + text + b") + 1" + b".0" * (language == "rust")
    return b"(" + text + b') + "?"' if gives in _TEXT and language in ("go", "java", "c++") else b""


def _tail(node: Node) -> Iterator[Site]:
    """The last expression of a function in Rust is what it returns."""
    body = node.child_by_field_name("body")
    last = body.named_children[-1] if body and body.named_children else None
    function = _text(node.child_by_field_name("name")).decode()
    if last and not last.type.endswith(("_statement", "_declaration", "_item")) and last.type not in COMMENTS:
        yield from _return(last, "rust", function, _given_back(node))


def _negation(node: Node, function: str) -> Iterator[Site]:
    if node.children and _text(node.children[0]) == b"!":
        rest = _text(node)[1:].lstrip()
        what = f"`!` is gone before {short(rest)}"
        yield Site(Fault.LOGIC, node.start_byte, node.end_byte, rest, what, function)


def _removed(node: Node, language: str, function: str) -> Iterator[Site]:
    """A call whose result nobody uses, or an error that is thrown."""
    called = [part for part in _named(node) if part.type in _CALLS]
    if node.type in _THROWS or (called and (language != "go" or not _uses_a_package(called[0]))):
        text = b"{}" if language in ("go", "rust") else b";"
        what = f"{short(_text(node))} is gone"
        yield Site(Fault.REMOVED, node.start_byte, node.end_byte, text, what, function)


def _uses_a_package(call: Node) -> bool:
    """Go: without the call the import may be unused, which is no program any more."""
    return b"." in _text(call.child_by_field_name("function"))


def _constant(node: Node, function: str) -> Iterator[Site]:
    text = _text(node)
    if node.type in ("true", "false", "boolean_literal"):
        yield _exchange(Fault.CONSTANT, node, _OTHER_TRUTH.get(text, text), function)
    elif node.type in _NUMBERS and (more := larger(text.decode())):
        yield _exchange(Fault.CONSTANT, node, more.encode(), function)
    elif node.type in _STRINGS and node.named_child_count:
        yield _exchange(Fault.CONSTANT, node, b'""', function)


def _exchange(fault: Fault, node: Node, text: bytes, function: str, subject: str = "") -> Site:
    what = f"{subject or short(_text(node))} became {short(text)}"
    return Site(fault, node.start_byte, node.end_byte, text, what, function)


def _children(node: Node) -> list[Node]:
    """What is below a node and may be wrong: no string within a string, no step of a loop."""
    if node.type in _STRINGS:
        return []
    skipped: set[int] = set()
    for field in _SKIPPED.get(node.type, ("source", "key", "tag")):
        skipped |= {child.start_byte for child in node.children_by_field_name(field)}
    return [child for child in _named(node) if child.start_byte not in skipped]


def _is_left_alone(node: Node) -> bool:
    if node.type in _LEFT_ALONE:
        return True
    if node.type == "expression_statement":  # "use strict", a line of a log
        inner = next(iter(_named(node)), None)
        return inner is not None and (inner.type == "string" or _is_of_no_account(inner))
    if node.type in ("object_creation_expression", "new_expression", "call_expression"):
        above = node.parent
        return _is_of_no_account(node) or (above is not None and above.type in _THROWS)
    if node.type in ("mod_item", "function_item"):  # the tests of a Rust file
        before = node.prev_named_sibling
        return before is not None and before.type == "attribute_item" and b"test" in _text(before)
    return False


def _is_of_no_account(call: Node) -> bool:
    function = _text(call.child_by_field_name("function") or call.child_by_field_name("object")).decode()
    return bool(LOGGING.search(function) or _MESSAGES.search(function))


def _name(node: Node) -> str:
    if node.type == "impl_item":
        return name_of(node, "type").split("<")[0]
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        return name_of(node) if value and value.type in ("arrow_function", "function_expression") else ""
    if name := name_of(node):
        return name
    declarator = node.child_by_field_name("declarator")
    while declarator and (inner := declarator.child_by_field_name("declarator")):
        declarator = inner
    return _text(declarator).decode("utf-8", "replace").rpartition("::")[2]


def _given_back(node: Node) -> str:
    """The type that a function gives back, where it is one word, and no pointer."""
    declarator = node.child_by_field_name("declarator")
    if declarator and declarator.type != "function_declarator":
        return ""
    fields = ("result", "return_type", "type")
    found = next((part for part in (node.child_by_field_name(field) for field in fields) if part), None)
    return _text(found).decode("utf-8", "replace") if node.type != "impl_item" else ""


def _named(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in COMMENTS]


def _text(node: Node | None) -> bytes:
    return (node.text or b"") if node else b""

"""C++."""

from __future__ import annotations

from gitbuddy.core.symbols import c
from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions=c.SHARED
    + """
    (class_specifier name: (type_identifier) @name body: (_)) @class
    (namespace_definition name: (_) @name) @namespace
    (field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @prototype
    (field_declaration declarator: (_ (function_declarator declarator: (field_identifier) @name))) @prototype
    (alias_declaration name: (type_identifier) @name) @type
    (concept_definition name: (identifier) @name) @concept
    (template_declaration (class_specifier name: (type_identifier) @name body: (_))) @class
    (template_declaration (struct_specifier name: (type_identifier) @name body: (_))) @struct
    (template_declaration (function_definition declarator: (function_declarator declarator: (_) @name))) @function
    """,
    passed=c.QUIET + "(raw_string_literal) @quiet (using_declaration) @import",
    keywords=c.KEYWORDS
    | words("""
    catch class constexpr const_cast decltype delete dynamic_cast explicit export friend mutable namespace new noexcept
    nullptr operator override private protected public reinterpret_cast static_cast template this throw try typename
    using virtual std final
    """),
)

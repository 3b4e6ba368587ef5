"""TypeScript, with and without JSX."""

from __future__ import annotations

from gitbuddy.core.symbols import javascript
from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions=javascript.SHARED
    + """
    (abstract_class_declaration name: (type_identifier) @name) @class
    (interface_declaration name: (type_identifier) @name) @interface
    (type_alias_declaration name: (type_identifier) @name) @type
    (enum_declaration name: (identifier) @name) @enum
    (internal_module name: (_) @name) @namespace
    (function_signature name: (identifier) @name) @function
    (method_signature name: (_) @name) @method
    (abstract_method_signature name: (_) @name) @method
    """,
    passed=javascript.QUIET,
    keywords=javascript.KEYWORDS
    | words("""
    abstract any as asserts bigint boolean declare enum implements infer interface is keyof namespace never number
    object private protected public readonly satisfies string symbol type unknown
    """),
)

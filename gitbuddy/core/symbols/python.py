"""Python. Read with tree-sitter here, as a file with errors has to give what it can."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions="""
    (class_definition name: (identifier) @name) @class
    (function_definition name: (identifier) @name) @function
    (decorated_definition definition: (class_definition name: (identifier) @name)) @class
    (decorated_definition definition: (function_definition name: (identifier) @name)) @function
    (module (expression_statement (assignment left: (identifier) @name)) @variable)
    (module (type_alias_statement left: (type (identifier) @name)) @type)
    """,
    passed="""
    (comment) @quiet
    (string_content) @quiet
    (import_statement) @import
    (import_from_statement) @import
    """,
    keywords=words("""
    False None True and as assert async await break class continue def del elif else except finally for from global if
    import in is lambda nonlocal not or pass raise return try while with yield self cls match case
    """),
)

"""Java."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions="""
    (class_declaration name: (identifier) @name) @class
    (interface_declaration name: (identifier) @name) @interface
    (enum_declaration name: (identifier) @name) @enum
    (record_declaration name: (identifier) @name) @record
    (annotation_type_declaration name: (identifier) @name) @annotation
    (method_declaration name: (identifier) @name) @method
    (constructor_declaration name: (identifier) @name) @constructor
    (enum_constant name: (identifier) @name) @constant
    (field_declaration declarator: (variable_declarator name: (identifier) @name)) @field
    """,
    passed="""
    (line_comment) @quiet
    (block_comment) @quiet
    (string_literal) @quiet
    (character_literal) @quiet
    (import_declaration) @import
    (package_declaration) @quiet
    """,
    keywords=words("""
    abstract assert boolean break byte case catch char class const continue default do double else enum extends final
    finally float for goto if implements import instanceof int interface long native new null package private protected
    public record return short static strictfp super switch synchronized this throw throws transient true false try
    var void volatile while yield String Object Override
    """),
)

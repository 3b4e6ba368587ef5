"""Go."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions="""
    (function_declaration name: (identifier) @name) @function
    (method_declaration
      receiver: (parameter_list (parameter_declaration type: (_) @scope)) name: (field_identifier) @name) @method
    (type_declaration (type_spec name: (type_identifier) @name) @type)
    (type_declaration (type_spec name: (type_identifier) @name type: (struct_type)) @struct)
    (type_declaration (type_spec name: (type_identifier) @name type: (interface_type)) @interface)
    (type_declaration (type_alias name: (type_identifier) @name) @type)
    (source_file (const_declaration (const_spec name: (identifier) @name) @constant))
    (source_file (var_declaration (var_spec name: (identifier) @name) @variable))
    (source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @variable)))
    """,
    passed="""
    (comment) @quiet
    (interpreted_string_literal) @quiet
    (raw_string_literal) @quiet
    (rune_literal) @quiet
    (import_spec) @import
    """,
    keywords=words("""
    break case chan const continue default defer else fallthrough for func go goto if import interface map package range
    return select struct switch type var append bool byte cap close complex64 complex128 copy delete error false
    float32 float64 int int8 int16 int32 int64 iota len make new nil panic print println recover rune string true
    uint uint8 uint16 uint32 uint64 uintptr any err
    """),
)

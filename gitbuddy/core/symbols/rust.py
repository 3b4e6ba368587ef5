"""Rust."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

GRAMMAR = Grammar(
    definitions="""
    (function_item name: (identifier) @name) @function
    (function_signature_item name: (identifier) @name) @function
    (struct_item name: (type_identifier) @name) @struct
    (union_item name: (type_identifier) @name) @union
    (enum_item name: (type_identifier) @name) @enum
    (enum_variant name: (identifier) @name) @constant
    (trait_item name: (type_identifier) @name) @trait
    (type_item name: (type_identifier) @name) @type
    (const_item name: (identifier) @name) @constant
    (static_item name: (identifier) @name) @variable
    (macro_definition name: (identifier) @name) @macro
    (mod_item name: (identifier) @name body: (_)) @namespace
    (impl_item type: (_) @name) @impl
    """,
    passed="""
    (line_comment) @quiet
    (block_comment) @quiet
    (string_literal) @quiet
    (raw_string_literal) @quiet
    (char_literal) @quiet
    (use_declaration) @import
    (mod_item !body) @import
    """,
    keywords=words("""
    as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut
    pub ref return self Self static struct super trait true type unsafe use where while bool char f32 f64 i8 i16 i32
    i64 i128 isize str u8 u16 u32 u64 u128 usize Some None Ok Err String Vec Option Result derive cfg test
    """),
)

"""C, and what C++ shares with it."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

SHARED = """
(function_definition declarator: (function_declarator declarator: (_) @name)) @function
(function_definition declarator: (_ declarator: (function_declarator declarator: (_) @name))) @function
(function_definition declarator: (_ declarator: (_ declarator: (function_declarator declarator: (_) @name)))) @function
(declaration declarator: (function_declarator declarator: (identifier) @name)) @prototype
(declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
  @prototype
(struct_specifier name: (type_identifier) @name body: (_)) @struct
(union_specifier name: (type_identifier) @name body: (_)) @union
(enum_specifier name: (type_identifier) @name body: (_)) @enum
(type_definition declarator: (type_identifier) @name) @type
(enumerator name: (identifier) @name) @constant
(preproc_def name: (identifier) @name value: (_)) @macro
(preproc_function_def name: (identifier) @name) @macro
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @variable)
(translation_unit (declaration declarator: (init_declarator declarator: (_ declarator: (identifier) @name))) @variable)
"""
QUIET = """
(comment) @quiet
(string_literal) @quiet
(char_literal) @quiet
(preproc_include) @import
"""
KEYWORDS = words("""
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while define include
ifdef ifndef endif elif undef pragma NULL bool true false size_t uint8_t uint16_t uint32_t uint64_t int8_t int16_t
int32_t int64_t
""")

GRAMMAR = Grammar(definitions=SHARED, passed=QUIET, keywords=KEYWORDS)

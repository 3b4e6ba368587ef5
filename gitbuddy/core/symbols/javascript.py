"""JavaScript, and what TypeScript shares with it."""

from __future__ import annotations

from gitbuddy.core.symbols.grammar import Grammar, words

SHARED = """
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(class_declaration name: (_) @name) @class
(method_definition name: (_) @name) @method
(lexical_declaration
  (variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)])) @function
(variable_declaration
  (variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)])) @function
(program (lexical_declaration (variable_declarator name: (identifier) @name)) @variable)
(program (variable_declaration (variable_declarator name: (identifier) @name)) @variable)
(export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name))) @variable
(assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression) (class)]) @function
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
"""
QUIET = """
(comment) @quiet
(string_fragment) @quiet
(regex) @quiet
(import_statement) @import
(export_statement source: (_)) @import
(call_expression function: (identifier) arguments: (arguments . (string) .)) @call
"""
KEYWORDS = words("""
async await break case catch class const continue debugger default delete do else export extends false finally for
from function get if import in instanceof let new null of return set static super switch this throw true try typeof
undefined var void while with yield require module exports
""")

GRAMMAR = Grammar(definitions=SHARED, passed=QUIET, keywords=KEYWORDS)

"""C++."""

from __future__ import annotations

import re
from typing import Final

from gitbuddy.core.symbols import c
from gitbuddy.core.symbols.grammar import Grammar, words

_LABELLED: Final = re.compile(
    rb"\b((?:class|struct)[ \t]{1,9})((?:[A-Z][A-Z0-9_]{2,60}[ \t]{1,9}){1,4})"
    rb"(?=[A-Za-z_][\w:]{0,200}\s{0,20}(?:<[^<>{};]{0,200}>\s{0,20})?(?:final\s{0,20})?[:{])"
)
_ALONE: Final = re.compile(
    rb"^([ \t]{0,40})([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60})(?=[ \t]{0,9}\r?\n\s{0,99}[A-Za-z_]\w{0,99}[\s*&<:]{1,99}\w)",
    re.MULTILINE,
)
"""All bounded: a hostile file would keep an open-ended one busy for hours."""


def unlabelled(source: bytes) -> bytes:
    """The source with blanks for macros that are labels, which a grammar takes for names: those between `class` and
    the name (`class SHOP_EXPORT Cart {`), and those alone on the line above a declaration. No byte moves.
    """
    for label in (_LABELLED, _ALONE):
        source = label.sub(lambda found: found[1] + b" " * len(found[2]), source)
    return source


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

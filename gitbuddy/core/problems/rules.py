"""The one line of a complaint taken apart: how grave, which rule, what.

Where tools put the name of a rule: ruff, flake8 and pylint before the words, as a code; tsc and rustc behind the
severity; gcc, clang, clang-tidy, cppcheck, mypy and shellcheck at the end, in brackets; eslint and pyright in brackets
or parentheses.
"""

from __future__ import annotations

import re

_SEVERITY = re.compile(
    r"(?P<severity>(?:fatal )?error|warning|note|info|information|style|performance|portability)"
    r"(?:\[(?P<code>\w+)\]| (?P<number>TS\d+))?(?: -|:)? +(?P<text>\S.*)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?P<rule>[A-Z]{1,8}\d{2,5}:?|(?:[a-z]+(?:-[a-z]+)+|unformatted):) +(?P<text>\S.*)$")
_BRACKETS = re.compile(r"[ \t]\[(?:(?:Error|Warning)/)?(?P<rule>-?[A-Za-z@][\w.,/=+@:-]*)\]$")
_PARENTHESES = re.compile(r"[ \t]\((?P<rule>[A-Za-z@][\w/@-]*)\)$")


def rule_and_message(text: str, *, parentheses: bool = False) -> tuple[str, str]:
    """(rule, message) of a complaint; the rule is empty where none is named. The severity stays with the message.

    `parentheses` is for the tools that end their line with a rule in parentheses; others end with such words by chance.
    """
    text = " ".join(text.replace("[*] ", "").split())
    severity, rule = "", ""
    if match := _SEVERITY.match(text):
        severity, text = f"{match['severity']}: ", match["text"]
        rule = match["code"] or match["number"] or ""
    elif match := _CODE.match(text):
        rule, text = match["rule"].rstrip(":"), match["text"]
    if ending := _BRACKETS.search(text) or (_PARENTHESES.search(text) if parentheses or rule else None):
        rule, text = rule or ending["rule"], text[: ending.start()]
    return rule, severity + text

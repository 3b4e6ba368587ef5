"""Which lines stand for code that was left out, and which only look like it."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats.elision import elision

PLACEHOLDERS = [
    "# ... rest of the file unchanged ...",
    "# ... existing code ...",
    "#...existing code...",
    "// ...",
    "    # ...",
    "... rest of the code ...",
    "… rest of the code …",
    "// rest of the code remains the same",
    "# The rest of the function remains the same",
    "# rest of your code here",
    "/* ... */",
    "{/* ... */}",
    "<!-- rest of the document -->",
    "[... rest of file ...]",
    "(... rest of the document unchanged ...)",
    "# existing code",
    "# keep the existing imports",
    "# (rest of the code remains unchanged)",
    "# ... other methods remain unchanged",
    "# ... (previous code)",
    "// ... more code here",
    "-- ...",
    "# same as before",
    "// other functions unchanged",
    "# the code is the same as before",
    "# code omitted for brevity",
    "# ... implementation ...",
    "# ... (no changes here)",
    "# ... keep everything else ...",
    "# ---- rest of the file ----",
    "# <rest of file>",
    "# No changes below",
    "// The rest of your component stays the same",
    "/* rest of the styles */",
    "<!-- rest of the page stays the same -->",
]
CODE = [
    "",
    "...",
    "    ...",
    "...args,",
    "{...rest}",
    "[...rest]",
    "# Rest of the file is parsed lazily",
    "# tests",
    "# Tests below need a database",
    "# Imports",
    "# other methods",
    "# --- Implementation ---",
    "# No changes are written without a lock",
    "<changes>",
    "# ...and so the answer is 42",
    "x = [...]",
    'print("... rest of the code ...")',
    "return existing_code",
    "the rest of the code",
    "- unchanged",
    "# " + "rest of the code " * 20,
]


@pytest.mark.parametrize("line", PLACEHOLDERS)
def test_a_placeholder_is_found(line: str) -> None:
    assert elision(["def f():", line]) == line.strip()


@pytest.mark.parametrize("line", CODE)
def test_code_and_ordinary_comments_are_no_placeholder(line: str) -> None:
    assert elision([line]) is None


def test_a_line_that_was_there_before_is_no_placeholder() -> None:
    assert elision(["    # ..."], known=["# ..."]) is None

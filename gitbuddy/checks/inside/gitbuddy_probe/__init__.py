"""What tells fixes apart that pass the same tests: what they do with the inputs of those tests, and with others nearby.

Brought in as a pytest plugin (`-p`), or instead of `unittest` (`-m`). `GITBUDDY_PROBE` is `{"order": path, "answer":
path}`, both of JSON files. The order:

    {"path": "pkg/mod.py", "functions": ["f", "Class.method"], "tests": [id, ...], "failing": [id, ...],
     "variants": [{"id": "1", "edits": [[start, end, "text"], ...]}, ...], "seconds": 10, "each": 0.5, "most": 300}

`failing` are those tests that fail without an edit; ids are those of the report. The answer, written at the end:

    {"inputs": [{"call": "f([1, 2], key=3)", "recorded": true, "passing": true}],
     "outcomes": {"base": ["3"], "1": ["raises ValueError"]}, "skipped": ["Class.method: a method needs an object"]}

The tests run once, with the first variant, and the calls they make are recorded; `passing` ones are made by tests, and
by none that fails. Then each input is tried with each variant, each time in a process of its own and at most `each`
seconds long. Both halves take at most `seconds`. Nothing is written but the answer, and nothing in it can be trusted:
the variants ran here.
"""

from __future__ import annotations

import os
import sys

if "GITBUDDY_PROBE" in os.environ and sys.argv[0] != "-m":
    from .probe import (
        pytest_collection_modifyitems,
        pytest_configure,
        pytest_runtest_logfinish,
        pytest_runtest_logstart,
        take_over,
    )

    __all__ = [
        "pytest_collection_modifyitems",
        "pytest_configure",
        "pytest_runtest_logfinish",
        "pytest_runtest_logstart",
    ]
    take_over()

"""A warm test runner: starts once, and runs chosen tests for each candidate in a process forked for it.

It needs Python 3.9 and either pytest 7 or unittest, and starts by the project's own command. This package, which may
have any name, is on PYTHONPATH:

    <command that starts pytest> -p gitbuddy_screen        as a plugin, which takes the run over
    python -m gitbuddy_screen [argument of unittest ...]   in place of `python -m unittest`

GITBUDDY_SCREEN is `{"requests": path, "answers": path, "workers": 2, "memory": bytes}`; memory 0 is no limit. The host
appends requests to the one file, this program appends answers to the other, one JSON object a line. The first answer is
`{"ready": true}`. It ends when `{"end": true}` was read and all is answered (with `"now": true` at once), or when there
was nothing to do for 60 s.

A request is `{"id": 7, "edits": {"a.py": [[start, end, "text"], ...]}, "tests": [id, ...], "seconds": 2}`. Edits count
the characters of the file as it stood at the start (decoded as Python does, line ends as they are, no byte order mark),
in order and not overlapping; they are laid over the imports and never written. Paths are relative to the current
folder. Ids are those of our reports: pytest's own, for unittest `tests/test_x.py::Class::test_y` or the dotted name.
Its answer is `{"id": 7, "ended": "passed", "seconds": 0.1}`, in the order in which they end. `ended` is `passed`,
`failed` (a test did; the others were not run), `broken` (they could not be run) or `timeout`. A line that is no request
is answered `{"id": null, "ended": "refused"}`.

With `"trace": true` all named tests run, or all that the command selects where none is named. The answer also has
`"imported": {"a.py": [1, 2]}`, the lines that ran before the first test, and `"tests": [{"id": ..., "ended": "passed" |
"failed" | "skipped" | "timeout", "seconds": s, "lines": {"a.py": [3, 4]}, "trace": [["a.py", 4], ...], "error": ""}]`,
as far as they ended in time: the project's lines that ran in the test, those of the failure's traceback from the
outermost in, and the failure's class and the first line of its message, 300 characters at most. A file that cannot be
collected is a failed test with the file's path as its id. A test that takes longer than `"each": 5` seconds is a
`timeout`, with the lines where it was as its trace; when it will not end then, it is the last that is told.

Where a candidate changes or deletes files of the project, they are written back as they stood at the start.

What it answers was said beside the candidate's own code, and so decides what is looked at closely, never what is right.
"""

from __future__ import annotations

import os
import sys

if "GITBUDDY_SCREEN" in os.environ and sys.argv[0] != "-m":
    from . import by_pytest

    by_pytest.take_over(__name__)

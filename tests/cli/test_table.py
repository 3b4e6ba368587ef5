"""Tables on a terminal of any width."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

SHOW = "from gitbuddy.cli import table; table.show(('job', 'result'), {rows!r})"
BRANCH = "buddy/a-branch-with-quite-a-long-name-abcdefgh"


def on_a_terminal(rows: list[tuple[str, str]], width: int) -> str:
    main, side = pty.openpty()
    program = [sys.executable, "-c", SHOW.format(rows=rows)]
    environment = os.environ | {"COLUMNS": str(width), "TERM": "xterm"}
    subprocess.run(program, stdout=side, env=environment, timeout=60, check=True)
    os.close(side)
    try:
        return os.read(main, 1 << 16).decode()
    except OSError:  # nothing was written
        return ""
    finally:
        os.close(main)


@pytest.mark.parametrize("width", [20, 40, 200])
def test_a_narrow_terminal_cuts_nothing_off(width: int) -> None:
    shown = on_a_terminal([("abcdefgh", BRANCH)], width)

    assert "".join(line.removeprefix("abcdefgh").strip() for line in shown.splitlines()[1:]) == BRANCH


def test_without_rows_there_is_no_heading() -> None:
    assert on_a_terminal([], 80) == ""

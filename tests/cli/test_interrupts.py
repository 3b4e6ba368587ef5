"""An interrupt is heard wherever the program is when it comes."""

from __future__ import annotations

import subprocess
import sys

SWALLOWING = """\
import signal, time
from gitbuddy.cli import root

class Callback:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

root.hear_interrupts()
Callback()
try:
    time.sleep(20)
    print("lost")
except KeyboardInterrupt:
    print("heard")
"""


def test_an_interrupt_that_python_swallows_comes_again() -> None:
    done = subprocess.run([sys.executable, "-c", SWALLOWING], capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr) == ("heard\n", "")

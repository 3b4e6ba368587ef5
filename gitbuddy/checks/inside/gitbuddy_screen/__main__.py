"""In place of `python -m unittest`."""

from __future__ import annotations

import sys

from .by_unittest import Unittest
from .screen import Screen

if __name__ == "__main__":
    Screen(Unittest(sys.argv[1:])).run()

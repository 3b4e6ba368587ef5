"""In place of `python -m unittest`."""

from __future__ import annotations

import os
import sys
import unittest

from .probe import RUNNER, take_over

if __name__ == "__main__":
    take_over()
    unittest.main(module=None, argv=["python -m unittest", *sys.argv[1:]], testRunner=RUNNER, exit=False)
    os._exit(0)

"""The linters that there are: how each is asked to look, how to mend, and how a project shows that it uses it.

Pure data and rules that import only the standard library: a hook that finds nothing to do starts here, in milliseconds.
"""

from __future__ import annotations

from gitbuddy.linters.choosing import applicable, chosen
from gitbuddy.linters.commands import arguments, ended, program
from gitbuddy.linters.table import LINTERS, Linter

__all__ = ["LINTERS", "Linter", "applicable", "arguments", "chosen", "ended", "program"]

"""What compilers, linters and test runners complain of, read from what they print; one file per family of output.

May import `values`. A reader knows its output by its shape, not by the command, for `make test` may print anything. It
takes lines and gives what it found with the lines it found it in; what no reader knows is kept as `rest`. The output
is untrusted: a problem is data, and reading it takes time in proportion to its length.
"""

from __future__ import annotations

from gitbuddy.core.problems.problem import Problem, timeless
from gitbuddy.core.problems.reading import Reading, problems_of, read, read_diagnostics, untold

__all__ = ["Problem", "Reading", "problems_of", "read", "read_diagnostics", "timeless", "untold"]

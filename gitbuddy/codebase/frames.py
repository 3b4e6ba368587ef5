"""What a worker and its parent have agreed on."""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = struct.Struct(">II")
"""Before a batch: how many files, 0. Before a file: lengths of path and content. Before an answer: its length, 0."""
SECONDS: Final = 5.0
"""Processor time that one file may take: a busy machine makes no file a hostile one."""

"""Where the details of a bug go: a file in the cache directory, never the terminal."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from pathlib import Path

from gitbuddy import __version__


def write_log(arguments: list[str]) -> Path:
    """Write the current exception's traceback, versions and the command's name; never its texts, which are private."""
    command = next((word for word in arguments if word.isalpha()), "")
    header = f"gitbuddy {__version__}\npython {platform.python_version()}\ncommand {command}\n\n"
    details = header + traceback.format_exc()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    try:
        return _write(Path(base) / "gitbuddy", details)
    except OSError:  # full, or not to be written
        return _write(Path(tempfile.gettempdir()), details)


def _write(folder: Path, details: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="crash-", suffix=".log", delete=False) as log:
        log.write(details)
    return Path(log.name)

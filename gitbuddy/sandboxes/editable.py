"""Dependency folders that lead into the user's checkout, for sandboxes that cannot mount the worktree in its place.

An editable install or a linked package names the checkout by its absolute path. Where that path does not show the
candidate, checks would run on other code than what is to be shown right, or on none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gitbuddy.errors import GitbuddyError
from gitbuddy.values import Mounts

REMEDY = (
    "install bubblewrap, which shows the candidate at that path; or remove the editable install or link, and let the "
    'checks find the code in the worktree, e.g. `pythonpath = ["src"]` below [tool.pytest.ini_options]'
)
_QUOTED = re.compile(r"""(['"])(/.*?)\1""")


def refuse_strays(mounts: Mounts) -> None:
    """Raise `GitbuddyError` if a mounted dependency folder leads into the checkout and that is not the worktree."""
    if mounts.at == mounts.worktree:
        return
    for folder in mounts.read_only:
        for file, place in (*_installs(folder), *_links(folder)):
            if _inside(place, mounts.at) and not any(_inside(place, kept) for kept in mounts.read_only):
                raise GitbuddyError(
                    f"this sandbox cannot show the candidate at {place}, where a dependency leads: {file}", REMEDY
                )


def _installs(venv: Path) -> Iterator[tuple[Path, Path]]:
    """Files of a virtual environment's packages with the places they name.

    `.pth` files are read by Python's `site`; setuptools' finders are `__editable__*.py` modules that such a file
    imports; direct_url.json is what every installer leaves (PEP 610).
    """
    if not (venv / "pyvenv.cfg").is_file():
        return
    for packages in venv.glob("lib*/python*/site-packages"):
        for entry in sorted(os.listdir(packages)):  # noqa: PTH208  names are judged before any is made a path
            file = packages / entry
            if entry.endswith(".pth"):
                lines = (line.strip() for line in _text(file).splitlines())
                yield from ((file, packages / line) for line in lines if line and not line.startswith(("#", "import")))
            elif entry.startswith("__editable__") and entry.endswith(".py"):
                yield from ((file, Path(found[2])) for found in _QUOTED.finditer(_text(file)))
            elif entry.endswith(".dist-info"):
                yield from _direct(file / "direct_url.json")


def _direct(file: Path) -> Iterator[tuple[Path, Path]]:
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(_text(file))
        if found["dir_info"].get("editable"):
            yield file, Path(unquote(urlsplit(found["url"]).path))


def _links(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Packages of node_modules that are links, as npm makes for workspaces and by `npm link`."""
    if folder.name != "node_modules" or not folder.is_dir():
        return
    scopes = [Path(entry) for entry in os.scandir(folder) if entry.name.startswith("@") and entry.is_dir()]
    for place in (folder, *scopes):
        for entry in os.scandir(place):
            if entry.is_symlink():
                yield Path(entry), Path(entry).resolve()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def _inside(place: Path, folder: Path) -> bool:
    place, folder = Path(os.path.normpath(place)), Path(os.path.normpath(folder))
    return place == folder or folder in place.parents or folder.resolve() in (place, *place.parents)

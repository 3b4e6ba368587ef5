"""Versions of what the git room stands on, for `git buddy doctor`."""

from __future__ import annotations

import pygit2

LIBGIT2 = f"{pygit2.LIBGIT2_VERSION} (pygit2 {pygit2._build.__version__})"

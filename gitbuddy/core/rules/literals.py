"""stub"""

from __future__ import annotations

from collections.abc import Mapping

from gitbuddy.values import Patch


def hard_coded(patch: Patch, tests: Mapping[str, bytes]) -> tuple[str, ...]:
    return ()

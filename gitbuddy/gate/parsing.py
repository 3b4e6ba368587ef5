"""What can be said of a candidate where nothing may be run: whether its files parse."""

from __future__ import annotations

from gitbuddy.core.languages import problems
from gitbuddy.values import Patch, Refused, Unverified, Verdict


def verdict(patch: Patch) -> Verdict:
    """Refused for what does not parse; else unverified, for nothing was run."""
    for change in patch.changes:
        if change.after is not None and (words := problems(change.after, change.path)):
            return Refused("checks", "syntax", f"{change.path} does not parse: {words}")
    return Unverified("no-sandbox", "no check was run, because no sandbox works on this machine")

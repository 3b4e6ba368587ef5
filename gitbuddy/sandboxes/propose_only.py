"""No sandbox at all, and so no commands: proposals can be made and looked at, nothing that they wrote is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitbuddy.values import CompletedCommand, Limits, Mounts


class ProposeOnly:
    """Starts nothing. `passed_over` says why every sandbox was passed over."""

    name = "propose-only"
    confines = False
    runs = False
    findings: tuple[str, ...] = ()
    closed = True  # nobody makes hard links where nothing runs

    def __init__(self, passed_over: tuple[str, ...] = ()) -> None:
        self.passed_over = passed_over

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        """See `protocols.Sandbox.run`: a command that did not start, always."""
        return CompletedCommand(None, b"not run: there is no sandbox here, only proposals are made\n", 0.0)

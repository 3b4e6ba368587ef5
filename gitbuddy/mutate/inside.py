"""How a module of ours is started inside the sandbox: by the project's own test command, in its own Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gitbuddy.checks.runners import controls, pytest, unittest
from gitbuddy.checks.runners.runner import Folders
from gitbuddy.protocols import Sandbox
from gitbuddy.values import Check, CompletedCommand, Limits, Mounts


@dataclass(frozen=True)
class Inside:
    """Where the modules run: a check's command, in a worktree, in the sandbox, with the folders of one run."""

    sandbox: Sandbox
    check: Check
    mounts: Mounts
    limits: Limits
    folders: Folders

    def run(self, module: str, variable: str, facts: Mapping[str, Any], seconds: float) -> CompletedCommand:
        """Run one of the modules of `checks.inside` to its end; it reads `facts` as JSON from a variable."""
        name = controls.bring(self.folders.tools, module)
        shown = replace(
            self.mounts,
            read_only=(*self.mounts.read_only, self.folders.tools),
            writable=(*self.mounts.writable, self.folders.reports),
        )
        environment = {"PYTHONPATH": str(self.folders.tools), variable: json.dumps(facts)}
        limits = replace(self.limits, seconds=seconds)
        return self.sandbox.run(self._command(name), shown, limits, environment)

    def _command(self, name: str) -> tuple[str, ...]:
        if pytest.fits(self.check):
            return (*self.check.command, "-p", name)
        at = self.check.command.index("unittest")
        return (*self.check.command[:at], name, *self.check.command[at + 1 :])


def fits(check: Check) -> bool:
    """Whether the check's command is one that starts our modules too."""
    return pytest.fits(check) or unittest.fits(check)

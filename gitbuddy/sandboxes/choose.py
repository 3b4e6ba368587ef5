"""Which sandbox this machine offers: the strongest one that has just passed its self-test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.canary import self_test
from gitbuddy.sandboxes.landlock import Landlock
from gitbuddy.sandboxes.plain import External
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain

SYSTEM_PATH = "/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin"
"""Where bubblewrap is looked for. Not on PATH: what confines must be the system's own, whatever a checkout offers."""
INSTALL = "install bubblewrap, for example with `apt install bubblewrap` or `dnf install bubblewrap`"
PROFILE = (
    "bubblewrap is not allowed to make namespaces here; on Ubuntu 24.04 and later load the AppArmor profile "
    "`bwrap-userns-restrict` of the package apparmor-profiles, in a container allow user namespaces"
)
NAMESPACE_WORDS = ("uid map", "RTM_NEWADDR", "namespace", "Operation not permitted", "Permission denied")


def choose(wanted: str, toolchain: Toolchain | None = None) -> Sandbox:
    """The sandbox for "auto", "bubblewrap", "landlock" or "external".

    Raises `GitbuddyError`, with what to do, when the wanted one does not work or none does.
    """
    tools = toolchain or find_toolchain(os.environ, Path.home())
    if wanted == "external":
        return External(tools, self_test(External(tools)))
    if wanted != "auto" and wanted not in _TIERS:
        raise UsageError(f"no such sandbox: {wanted}", f"one of: auto, {', '.join(_TIERS)}, external")
    refusals = []
    for name in _TIERS if wanted == "auto" else [wanted]:
        try:
            return _proved(name, tools)
        except GitbuddyError as error:
            refusals.append(error)
    if wanted != "auto":
        raise refusals[0]
    reasons = "; ".join(error.message for error in refusals)
    message = f"no sandbox works on this machine, so model-written code cannot be run: {reasons}"
    raise GitbuddyError(message, refusals[0].hint)


def _proved(name: str, tools: Toolchain) -> Sandbox:
    make, needed = _TIERS[name]
    sandbox = make(tools)
    findings = self_test(sandbox, needed)
    if findings:
        raise GitbuddyError(f"sandbox {name} failed its self-test: {', '.join(findings)}", _advice(name, findings))
    return sandbox


def _advice(name: str, findings: tuple[str, ...]) -> str:
    if name == "bubblewrap" and any(word in finding for finding in findings for word in NAMESPACE_WORDS):
        return PROFILE
    return f"{INSTALL}, or run gitbuddy in a virtual machine of its own and set the sandbox to external"


def _bubblewrap(tools: Toolchain) -> Sandbox:
    found = shutil.which("bwrap", path=SYSTEM_PATH)
    if found is None:
        raise GitbuddyError("bubblewrap is not installed: bwrap", INSTALL)
    return Bubblewrap(tools, Path(found))


_TIERS: Mapping[str, tuple[Callable[[Toolchain], Sandbox], tuple[str, ...]]] = {
    "bubblewrap": (_bubblewrap, ("loopback",)),
    "landlock": (Landlock, ()),
}
"""Strongest first, each with what its self-test must find working beside the worktree."""

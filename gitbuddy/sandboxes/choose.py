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
from gitbuddy.sandboxes.propose_only import ProposeOnly
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain

SYSTEM_PATH = "/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin"
"""Where bubblewrap is looked for. Not on PATH: what confines must be the system's own, whatever a checkout offers."""
INSTALL = "install bubblewrap, for example with `apt install bubblewrap` or `dnf install bubblewrap`"
PROFILE = (
    "bubblewrap is not allowed to make namespaces here; on Ubuntu 24.04 and later load the AppArmor profile "
    "`bwrap-userns-restrict` of the package apparmor-profiles, in a container allow user namespaces"
)
NAMESPACE_WORDS = ("uid map", "RTM_NEWADDR", "namespace", "Operation not permitted", "Permission denied")


def choose(wanted: str, toolchain: Toolchain | None = None, min_tier: str = "auto") -> Sandbox:
    """The sandbox for "auto", "bubblewrap", "landlock" or "external", not weaker than `min_tier`.

    `min_tier` "auto" is the wanted sandbox itself, else "bubblewrap" in CI and "landlock" elsewhere. Raises
    `GitbuddyError`, with what to do, when the wanted one does not work or what works is weaker.
    """
    tools = toolchain or find_toolchain(os.environ, Path.home())
    if wanted == "external":
        return External(tools, self_test(External(tools)))
    if wanted != "auto" and wanted not in _TIERS:
        raise UsageError(f"no such sandbox: {wanted}", f"one of: auto, {', '.join(_TIERS)}, external")
    least = _least(wanted, min_tier, os.environ)
    found, refusals = _strongest(list(_TIERS) if wanted == "auto" else [wanted], tools)
    if _RANKS.index(found.name) >= _RANKS.index(least):
        return found
    if wanted != "auto" and refusals:
        raise refusals[0]
    raise _too_weak(found, least, wanted, refusals)


def _least(wanted: str, min_tier: str, environment: Mapping[str, str]) -> str:
    """Name of the weakest tier that will do."""
    if min_tier != "auto":
        return min_tier
    if wanted != "auto":
        return wanted
    return "landlock" if environment.get("CI", "").casefold() in ("", "0", "false") else "bubblewrap"


def _strongest(names: list[str], tools: Toolchain) -> tuple[Sandbox, list[GitbuddyError]]:
    """The first that works, and why those before it do not."""
    refusals: list[GitbuddyError] = []
    for name in names:
        try:
            return _proved(name, tools, _sentences(refusals)), refusals
        except GitbuddyError as error:
            refusals.append(error)
    return ProposeOnly(_sentences(refusals)), refusals


def _sentences(refusals: list[GitbuddyError]) -> tuple[str, ...]:
    return tuple(f"{error.message} ({error.hint})" for error in refusals)


def _too_weak(found: Sandbox, least: str, wanted: str, refusals: list[GitbuddyError]) -> GitbuddyError:
    reasons = "; ".join(error.message for error in refusals) or f"it is the one that was asked for: {wanted}"
    lower = f"or settle for less with `git config buddy.minTier {found.name}`"
    if found.runs:
        message = f"the sandbox reached here is {found.name}, weaker than the one demanded, {least}: {reasons}"
    else:
        message = f"no sandbox works on this machine, so model-written code cannot be run: {reasons}"
        message += f" (reached: {found.name}, demanded: {least})"
        lower += ", which runs no checks"
    fix = refusals[0].hint if refusals else f"set the sandbox to auto or {least}"
    return GitbuddyError(message, f"{fix}; {lower}")


def _proved(name: str, tools: Toolchain, passed_over: tuple[str, ...]) -> Sandbox:
    make, needed = _TIERS[name]
    sandbox = make(tools, passed_over)
    findings = self_test(sandbox, needed)
    if findings:
        raise GitbuddyError(f"sandbox {name} failed its self-test: {', '.join(findings)}", _advice(name, findings))
    return sandbox


def _advice(name: str, findings: tuple[str, ...]) -> str:
    if name == "bubblewrap" and any(word in finding for finding in findings for word in NAMESPACE_WORDS):
        return PROFILE
    return f"{INSTALL}, or run gitbuddy in a virtual machine of its own and set the sandbox to external"


def _bubblewrap(tools: Toolchain, passed_over: tuple[str, ...]) -> Sandbox:
    found = shutil.which("bwrap", path=SYSTEM_PATH)
    if found is None:
        raise GitbuddyError("bubblewrap is not installed: bwrap", INSTALL)
    return Bubblewrap(tools, Path(found))


_TIERS: Mapping[str, tuple[Callable[[Toolchain, tuple[str, ...]], Sandbox], tuple[str, ...]]] = {
    "bubblewrap": (_bubblewrap, ("loopback",)),
    "landlock": (Landlock, ()),
}
"""Strongest first, each with what its self-test must find working beside its folders."""

_RANKS = ("propose-only", "landlock", "bubblewrap")
"""Weakest first; `external` is above them all, being the operator's word."""

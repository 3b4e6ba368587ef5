"""The small environment every sandboxed command gets instead of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gitbuddy.sandboxes.toolchain import Toolchain, dependency_programs
from gitbuddy.values import Mounts

_FIXED = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "npm_config_update_notifier": "false",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "CARGO_NET_OFFLINE": "true",
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def base_environment(toolchain: Toolchain, mounts: Mounts, scratch: Path) -> dict[str, str]:
    """What a command may know: where its tools are, a private home and a private folder for temporary files.

    `scratch` is that folder as the command sees it.
    """
    path = [*dependency_programs(mounts.read_only), *toolchain.path(mounts)]
    return {
        **_FIXED,
        **toolchain.variables,
        "PATH": ":".join(str(folder) for folder in path),
        "HOME": str(scratch / "home"),
        "TMPDIR": str(scratch),
        "GOCACHE": str(scratch / "go-build"),
        "npm_config_cache": str(scratch / "npm"),
    }


def merged(base: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """`extra` wins; an entry that no process could be given (NUL, `=` in a name) is left out."""
    usable = {k: v for k, v in extra.items() if k and "=" not in k and "\0" not in k + v}
    return {**base, **usable}

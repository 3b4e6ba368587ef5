"""Where version managers keep their tools: data, to be extended by a line.

A key is a folder of programs below the home folder; when PATH names it or something in it, the listed folders
are shown. Credentials beside them (`.cargo/credentials.toml`, `.m2/settings.xml`, ...) are not in these lists.
"""

from __future__ import annotations

from collections.abc import Mapping

INSTALLS: Mapping[str, tuple[str, ...]] = {
    ".pyenv": (".pyenv",),
    ".rbenv": (".rbenv",),
    ".nodenv": (".nodenv",),
    ".asdf": (".asdf",),
    ".cargo/bin": (".cargo/bin", ".rustup"),
    ".nvm/versions": (".nvm/versions",),
    ".volta/bin": (".volta/bin", ".volta/tools"),
    ".bun/bin": (".bun/bin", ".bun/install"),
    ".deno/bin": (".deno/bin",),
    ".local/share/fnm": (".local/share/fnm",),
    ".local/share/mise": (".local/share/mise",),
    ".local/bin": (".local/bin", ".local/share/uv/python", ".local/share/uv/tools", ".local/share/pipx/venvs"),
    ".sdkman/candidates": (".sdkman/candidates",),
    ".nix-profile": (".nix-profile",),
    "go/bin": ("go/bin",),
    "sdk": ("sdk",),
}

CACHES: Mapping[str, tuple[str, ...]] = {
    "mvn": (".m2/repository",),
    "go": ("go/pkg/mod",),
    "cargo": (".cargo/registry", ".cargo/git"),
}
"""Downloaded dependencies a build tool needs when there is no network, shown if PATH has the tool."""

VARIABLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "RUSTUP_HOME": ((".rustup", ".cargo"), "{}/.rustup"),  # any cargo takes rustup's programs in CARGO_HOME for its own
    "CARGO_HOME": ((".cargo",), "{}/.cargo"),
    "PYENV_ROOT": ((".pyenv",), "{}/.pyenv"),
    "GOMODCACHE": (("go/pkg/mod",), "{}/go/pkg/mod"),
    "MAVEN_OPTS": ((".m2/repository",), "-Dmaven.repo.local={}/.m2/repository"),
}
"""Variables that say where an install or cache is, because HOME no longer does; set if some of the places is shown."""

PARTS = (
    "bin",
    "lib",
    "lib64",
    "libexec",
    "share",
    "include",
    "pkg",
    "conda-meta",
    "conf",
    "jmods",
    "release",
    "pyvenv.cfg",
)
"""What of a prefix (the folder above `bin`) a program may need; never all of it: it may be someone's project."""

PRIVATE = (".ssh", ".gnupg", ".config", ".aws", ".azure", ".kube", ".docker", ".mozilla", ".password-store")
"""Folders below home that no sandbox shows, even if PATH names something in them."""

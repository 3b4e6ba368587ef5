"""What of the host's own files every sandbox shows, and the files that stand in for the host's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HOME = "/tmp/home"  # noqa: S108  a path inside the sandbox, whose /tmp is its own
SCRATCH = Path("/tmp")  # noqa: S108  as above
UID = 1000
"""User and group inside: the same on every machine, and never 0, which tools treat specially."""

ETC = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/protocols",
    "/etc/services",
    "/etc/mime.types",
    "/etc/os-release",
    "/etc/debian_version",
    "/etc/java",
    "/etc/fonts",
    "/etc/maven/m2.conf",
    "/etc/maven/logging",
)
"""What programs read of /etc and what holds no secrets; /etc/ssl/private and Maven's settings are not among it."""

VERSIONED = ("etc/python3*", "etc/java-*-openjdk")
"""As above, with versions in their names; relative to the root."""

STAND_INS: Mapping[str, bytes] = {
    "/etc/passwd": f"user:x:{UID}:{UID}:user:{HOME}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n".encode(),
    "/etc/group": f"user:x:{UID}:\nnogroup:x:65534:\n".encode(),
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hosts": b"127.0.0.1 localhost\n::1 localhost\n",
}


def etc_files() -> list[Path]:
    """Those of the shown /etc files that this host has."""
    named = [Path(name) for name in ETC]
    versioned = [path for pattern in VERSIONED for path in sorted(Path("/").glob(pattern))]
    return [*(path for path in named if path.exists()), *versioned]

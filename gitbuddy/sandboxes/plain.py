"""Limits without walls: for commands that are trusted, and for machines that are the sandbox themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gitbuddy.sandboxes.editable import refuse_strays
from gitbuddy.sandboxes.environment import base_environment, merged
from gitbuddy.sandboxes.pointer import kept_pointer
from gitbuddy.sandboxes.process import Launch, launch
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.temporary import temporary_folder
from gitbuddy.values import CompletedCommand, Limits, Mounts


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder for temporary files with an empty `home` in it; gone afterwards."""
    with temporary_folder() as folder:
        (folder / "home").mkdir()
        yield folder


class Plain:
    """Bounded time, memory and processes, a clean environment, and no confinement at all.

    There are no mounts: the command runs in the worktree's own folder and absolute paths lead to the user's checkout.
    """

    name = "plain"
    confines = False
    findings: tuple[str, ...] = ("everything",)
    closed = False
    runs = True
    passed_over: tuple[str, ...] = ()

    def __init__(self, toolchain: Toolchain) -> None:
        self._toolchain = toolchain

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        """See `protocols.Sandbox.run`."""
        refuse_strays(mounts)
        with kept_pointer(mounts.worktree), scratch_folder() as scratch:
            variables = merged(base_environment(self._toolchain, mounts, scratch), environment)
            folders = (mounts.worktree, *mounts.writable, scratch)
            return launch(Launch(tuple(command), mounts.worktree, variables, limits, folders=folders))


class External(Plain):
    """The operator says that this machine is itself the sandbox: a virtual machine or container made for the purpose.

    `findings` is what the self-test could reach, for the record; here it does not decide.
    """

    name = "external"
    confines = True

    def __init__(self, toolchain: Toolchain, findings: tuple[str, ...] = ()) -> None:
        super().__init__(toolchain)
        self.findings = findings

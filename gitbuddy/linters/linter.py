"""What is known of one tool."""

from __future__ import annotations

from typing import NamedTuple


class Linter(NamedTuple):
    """A tool that looks at files, or rewrites them in place, or both.

    A project uses it when it has one of `config_files` (by base name), when one of `sections` stands in a file of that
    base name, or when one of `commands` is run by a check or written in a task runner's or workflow's file.
    """

    name: str
    suffixes: tuple[str, ...]
    look: tuple[str, ...]
    """A command that changes no source; paths follow it unless `whole_project`. Empty where it can only mend."""
    mend: tuple[str, ...] = ()
    """A command that rewrites the files; empty where there is none."""
    config_files: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    """It works only in a folder that has one of these, or below it."""
    needs: str = ""
    """A second program, without which the first cannot do this."""
    whole_project: bool = False
    """It takes no paths, so that it complains of other files too."""
    folders: bool = False
    """It takes the folders of the files, as go takes packages."""
    starts_at_settings: bool = False
    """It knows no settings but those of the folder it is started in (or it finds no project in another)."""
    layout: bool = False
    """It is a formatter: what it complains of is layout only."""
    separator: bool = True
    """Whether `--` may stand before the paths."""
    found: tuple[int, ...] = (1,)
    """Exit codes that may mean that it found something."""
    finding: str = ""
    """A pattern of the lines that name a finding: with it, an exit code of `found` without such a line is a failure."""
    prints: bool = False
    """It may exit with 0 though it found something, and prints lines like `finding`."""

    @property
    def program(self) -> str:
        return (self.look or self.mend)[0]

"""Write the manual page, in the language of man(7), from the commands: `python scripts/manual.py`."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import click

from gitbuddy import __version__
from gitbuddy.cli.root import COMMANDS, cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "man" / "git-buddy.1"
SUMMARY = "small local models propose; git and your project's own checks decide"
FILES = (
    (".buddy/config.toml", "What proves a change in a project, and what a change may touch."),
    (".buddy/tasks/*.md", "Tasks that wait; git buddy work runs those that are committed."),
    ("refs/buddy/v1/", "The record of every job, in the repository itself."),
)


def page() -> str:
    """The whole manual page."""
    return "\n".join([*_head(), *_commands(), *_tail()]) + "\n"


def _head() -> Iterator[str]:
    yield '.\\" Written by scripts/manual.py from the commands; change those, and run it again.'
    yield f'.TH "GIT-BUDDY" "1" "" "gitbuddy {__version__}" "Git Manual"'
    yield ".SH NAME"
    yield f"git-buddy \\- {_text(SUMMARY)}"
    yield ".SH SYNOPSIS"
    with cli.make_context("git buddy", [], resilient_parsing=True) as group:
        yield from _usage(cli, group)
        yield ".SH DESCRIPTION"
        yield from _paragraphs(cli.help or "")
        yield ".SH OPTIONS"
        yield from _options(cli, group)


def _commands() -> Iterator[str]:
    yield ".SH COMMANDS"
    for name, words in COMMANDS.items():
        yield from _item(f"\\fB{_text(name)}\\fR", words)
    with cli.make_context("git buddy", [], resilient_parsing=True) as group:
        for name in COMMANDS:
            command = cli.get_command(group, name)
            assert command is not None
            yield from _command(name, command, group)


def _command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    with command.make_context(name, [], parent, resilient_parsing=True) as context:
        yield f'.SS "{_text(context.command_path)}"'
        yield from _usage(command, context)
        yield ".PP"
        yield from _paragraphs(command.help or "")
        yield from _options(command, context)
        for inner_name, inner in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            if not inner.hidden:
                yield from _command(inner_name, inner, context)


def _usage(command: click.Command, context: click.Context) -> Iterator[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"\\fB{_text(context.command_path)}\\fR {_text(pieces)}"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for param in command.get_params(context):
        if isinstance(param, click.Option) and (record := param.get_help_record(context)):
            yield from _item(f"\\fB{_text(record[0])}\\fR", record[1])


def _paragraphs(text: str) -> Iterator[str]:
    for number, part in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _line(part)


def _tail() -> Iterator[str]:
    facts = runpy.run_path(str(PAGE.parents[2] / "scripts" / "reference.py"))
    exits = [(str(code), words) for code, words in sorted(facts["EXITS"].items())]
    environment = re.findall(r"^\| `(\w+)` \| (.*) \|$", facts["ENVIRONMENT"], re.MULTILINE)
    for title, rows in (("EXIT STATUS", exits), ("ENVIRONMENT", environment), ("FILES", FILES)):
        yield f".SH {title}"
        for name, words in rows:
            yield from _item(f"\\fB{_text(name)}\\fR", words)
    yield ".SH SEE ALSO"
    yield "\\fBgit\\fR(1), \\fBgithooks\\fR(5), \\fBgit\\-interpret\\-trailers\\fR(1), \\fBgit\\-worktree\\fR(1)"


def _item(name: str, words: str) -> Iterator[str]:
    yield ".TP"
    yield name
    yield _line(words)


def _line(text: str) -> str:
    """One line of text, code in bold; one that begins with a dot or a quote would be a request."""
    parts = [_text(part) for part in " ".join(text.split()).split("`")]
    words = "".join(f"\\fB{part}\\fR" if number % 2 else part for number, part in enumerate(parts))
    return f"\\&{words}" if words[:1] in (".", "'") else words


def _text(text: str) -> str:
    """Text whose characters mean themselves: groff reads a lone hyphen, quote or backslash as something else."""
    signs = {"\\": "\\e", "-": "\\-", "'": "\\(aq", '"': "\\(dq", "^": "\\(ha", "~": "\\(ti"}
    return "".join(signs.get(char, char) for char in text)


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print("docs/man/git-buddy.1")


if __name__ == "__main__":
    main()

"""The `git buddy` group: its commands, loaded when called, and the one place that words errors and exit codes."""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Final

import click
from click.shell_completion import CompletionItem

from gitbuddy import __version__
from gitbuddy.errors import GitbuddyError

BUG: Final = 3
INTERRUPTED: Final = 130
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
AGAIN: Final = 0.01
"""Seconds after which an interrupt comes again that was swallowed."""
COMPLETE: Final = "_GIT_BUDDY_COMPLETE"
"""The variable in which a shell's completion asks; the scripts in `completions/` set it."""

COMMANDS: Final = {
    "run": "Hand in one task and run it now.",
    "fix-lint": "Mend what linters complain of, where it stands.",
    "apply": "Take what the pre-commit hook has proposed.",
    "work": "Run every task that is ready, in the order of their needs.",
    "list": "Show the tasks found in this repository and their state.",
    "log": "Show the jobs that ran, newest first.",
    "show": "Show the record of one job.",
    "diff": "Show what a job changed, or last tried to change.",
    "verify": "Replay the checks for a landed commit and compare them with its record.",
    "release": "Give a claimed job back to the queue.",
    "stats": "Show what jobs cost and came to, and how the next attempt would be chosen.",
    "models": "Show which models are installed and fit this machine; install one.",
    "calibrate": "Measure what a model does best here: edit format, thinking, window, speed.",
    "scan": "Show what the codebase consists of: languages, tests, checks, symbols and a map.",
    "task": "Write a task down: a task file, or an empty commit that carries it.",
    "hook": "Run gitbuddy from git's own hooks: install, uninstall, status.",
    "completion": "Print what completes `git buddy` in a shell.",
    "doctor": "Check git, sandbox, models and checks; name the fix for each problem.",
}


class LazyGroup(click.Group):
    """A group that imports the module of a command when it is called; the short helps stand in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gitbuddy.cli.{cmd_name.replace('-', '_')}_command")
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        names = [CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C", "directory", metavar="DIR", default=".", help="Work in this checkout instead of the current folder."
)
@click.version_option(__version__, prog_name="git-buddy", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, directory: str) -> None:
    """Small local models propose; git and your project's own checks decide.

    A task becomes a branch only when lint, build and tests accept it, in a sandbox, in a worktree of its own.
    Your checkout, index, stash and HEAD are never touched.
    """
    context.obj = directory


def run_command_line(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 foreseen, 2 usage, 3 bug, 4 no model, 130 interrupted."""
    hear_interrupts()
    _show_every_character()
    try:
        return _run(arguments)
    except GitbuddyError as error:
        return _complain(error.message, error.hint, error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted; a job under way has landed nothing and is queued again", "", INTERRUPTED)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            _drop_output()
            where = f": {error.filename}" if error.filename else ""
            return _complain(f"no space left on device{where}", "free some space and try again", 1)
        return _confess(arguments)


def _run(arguments: list[str]) -> int:
    try:
        code = cli.main(arguments, prog_name="git buddy", complete_var=COMPLETE, standalone_mode=False)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        return _complain(error.format_message(), _usage_hint(error), 2)
    except click.ClickException as error:
        return _complain(error.format_message(), "", error.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _show_every_character() -> None:
    """Show a character that the terminal's encoding lacks by its number, rather than end with nothing said."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Let what is still buffered go nowhere: Python would complain of it at its end, and change the exit code."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage_hint(error: click.UsageError) -> str:
    return f"{error.ctx.command_path} -h" if error.ctx else "git buddy -h"


def _confess(arguments: list[str]) -> int:
    from gitbuddy.cli import crash  # its imports cost more than all of click's, and a bug is rare

    log = crash.write_log(arguments)
    return _complain(f"this is a bug in gitbuddy; the details are in: {log}", "please report it with that file", BUG)


def _complain(message: str, hint: str, code: int) -> int:
    from gitbuddy.cli.view import printable  # with rich behind it, and most runs end well

    with suppress(OSError):  # where even stderr has no room, the exit code still says it
        click.echo(f"error: {printable(message)}", err=True)
        for line in hint.splitlines():
            click.echo(f"hint: {printable(line)}", err=True)
    return code


def hear_interrupts() -> None:
    """Let no interrupt be lost: a terminated run cleans up as an interrupted one does, and one that Python swallows
    comes again.

    An exception in a finalizer or a weak reference's callback is ignored by Python, a `KeyboardInterrupt` too.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGALRM, _interrupt)
    sys.unraisablehook = _again


def _again(ignored: sys.UnraisableHookArgs) -> None:
    if ignored.exc_type is KeyboardInterrupt:
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
    else:
        sys.__unraisablehook__(ignored)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

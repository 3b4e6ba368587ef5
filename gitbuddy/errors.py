"""Two audiences, two roots: `GitbuddyError` speaks to people, `Rejected` to proposers. Each is caught in one place.

GitbuddyError          exit 1   a foreseen refusal
  UsageError           exit 2   the request itself is wrong
  ModelUnavailable     exit 4   no model answers; the task stays queued
Rejected                        one attempt is over; the cascade goes on
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line needs these classes before it can afford the values
    from gitbuddy.values import Refused, Search, Usage


class GitbuddyError(Exception):
    """A foreseen problem: one clear sentence, and a hint that can be acted on."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GitbuddyError):
    """The request is wrong: bad option, bad task, bad setting."""

    exit_code = 2


class ModelUnavailable(GitbuddyError):
    """The model endpoint cannot serve the call now. No attempt is burnt."""

    exit_code = 4


class Rejected(Exception):
    """A proposal that cannot go on, with the words that its proposer should read.

    `reply` is as much of the raw answer as came, for the record; `usage` is what it cost all the same; `search` is what
    a search that came to nothing learned.
    """

    def __init__(
        self, refused: Refused, reply: str = "", usage: Usage | None = None, search: Search | None = None
    ) -> None:
        super().__init__(f"{refused.stage}: {refused.reason}: {refused.words}")
        self.refused = refused
        self.reply = reply
        self.usage = usage
        self.search = search

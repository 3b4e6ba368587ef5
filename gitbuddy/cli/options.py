"""Options that several commands share, and the settings they override."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
log_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What stderr shows while a job runs: a live view, or events as JSON lines.",
)


def model_options(command: F) -> F:
    """`--model --endpoint --replay --tier --sandbox`: this run's settings above all others."""
    for option in (
        click.option("--sandbox", help="auto, bubblewrap, landlock or external."),
        click.option("--replay", metavar="FILE", help="Answer from a recorded transcript instead of a model."),
        click.option("--endpoint", metavar="URL", help="Where Ollama listens."),
        click.option("--model", metavar="NAME", help="Ask this model only."),
    ):
        command = option(command)
    return command


def overrides(**given: Any) -> dict[str, Any]:
    """The flags that were given, as settings of this user."""
    return {name: value for name, value in given.items() if value is not None}

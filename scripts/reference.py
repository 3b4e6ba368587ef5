"""Write the generated pages, and tables of docs/choosing-models.md, from the code: `python scripts/reference.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from gitbuddy.cli.root import BUG, COMMANDS, INTERRUPTED, cli
from gitbuddy.config import CheckSettings, ProjectSettings, Settings, TierSettings, UserSettings
from gitbuddy.errors import GitbuddyError, ModelUnavailable, UsageError
from gitbuddy.proposers.catalogue import catalogue

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
CHOOSING = FOLDER.parent / "choosing-models.md"

CONFIGURATION = """\
# Configuration

Nothing has to be configured: checks are detected, models are those that your Ollama has installed. Later sources win:
defaults, `.buddy/config.toml` as of the task's base commit, `git config buddy.*`, environment, options of the command.

An unknown key is an error, in every source.

## `.buddy/config.toml`

Belongs to the project: what proves a change, and what a change may touch. It is read from the commit a task starts at,
never from the checkout or from what a model proposes, and it can name neither models nor endpoints.

```toml
[checks.lint]
command = ["ruff", "check", "."]
kind = "lint"

[checks.tests]
command = ["python3", "-m", "pytest", "-q"]
timeout = 120

[guard]
max_lines = 200
protect = ["migrations/**"]

[worktree]
setup = [["make", "generated"]]
```
"""

USER = """\
## `git config buddy.*`

Belongs to the person at this machine, for all repositories (`git config --global`) or for one. Case and hyphens of a
name do not matter: `maxOutput` is `max-output`.

```ini
[buddy]
	tiers = fast deep
	sandbox = bubblewrap
[buddy "tier.fast"]
	model = qwen2.5-coder:1.5b
[buddy "tier.deep"]
	model = qwen2.5-coder:7b
	window = 16k
	maxOutput = 4k
```
"""

TIER = """\
### `buddy.tier.<name>.*`

One tier of the cascade. The tier named `deep` is where big tasks start; one named `reviewer` proposes no edits.
"""

ENVIRONMENT = """\
## Environment

| variable | meaning |
|---|---|
| `GITBUDDY_ENDPOINT` | as `buddy.endpoint` |
| `GITBUDDY_SANDBOX` | as `buddy.sandbox` |
| `GITBUDDY_MIN_TIER` | as `buddy.minTier` |
| `GITBUDDY_MUTATE_SECONDS` | as `buddy.mutateSeconds` |
| `GITBUDDY_CACHE` | as `buddy.cache` |
| `GITBUDDY_API_KEY` | key for model servers that want one; sent to every server that is set, never recorded |
| `GITBUDDY_HOOK` | when set, the hooks that `git buddy hook install` wrote do nothing |
| `OLLAMA_HOST` | where Ollama listens, unless `buddy.endpoint` or `GITBUDDY_ENDPOINT` says so |
"""

EXITS: Mapping[int, str] = {
    0: "done; for `run`: landed",
    GitbuddyError.exit_code: "gave up or refused, with the reason on stderr; nothing landed",
    UsageError.exit_code: "the request is wrong: an option, a task, a setting",
    BUG: "a bug in gitbuddy; the details are in a file that is named",
    ModelUnavailable.exit_code: "no model answers; the task stays queued",
    INTERRUPTED: "interrupted; a job under way has landed nothing and is queued again",
}


def pages() -> dict[str, str]:
    """File name -> text of every generated page."""
    return {"configuration.md": "\n".join(_configuration()), "cli.md": "\n".join(_cli())}


def choosing(page: str) -> str:
    """The page about choosing models with its tables made anew."""
    return _between(_between(page, "pulls", _pulls()), "families", _families())


def _between(page: str, name: str, table: Iterable[str]) -> str:
    """The page with this table between the marks of its name."""
    head, begin, rest = page.partition(f"<!-- {name}: written by scripts/reference.py")
    mark, newline, rest = rest.partition("\n")
    _, end, tail = rest.partition(f"<!-- end of {name} -->")
    if not (begin and newline and end):
        raise SystemExit(f"the page has no marks for this table: {name}")
    return "\n".join([f"{head}{begin}{mark}", "", *table, "", f"{end}{tail}"])


def _pulls() -> Iterator[str]:
    yield "| memory | or a graphics card with | install |\n|---|---|---|"
    for pull in catalogue().pull:
        names = ", ".join(f"`{name}`" for name in pull.models)
        yield f"| from {pull.memory} GiB | {pull.card} GiB | {names} |"


def _families() -> Iterator[str]:
    yield "| family | rank | chosen from | whole files up to | known sizes | licence |\n|---|---|---|---|---|---|"
    for family in sorted(catalogue().families, key=lambda family: -family.coding):
        names = ", ".join(f"`{name}`" for name in family.names)
        chosen = f"{family.good_from:g} B" if family.coding >= catalogue().limits["good"] else "only if alone"
        sizes = ", ".join(f"`{name}` {size:g} GB" for name, size in family.sizes.items())
        cells = (names, str(family.coding), chosen, f"{family.whole_file_to:g} B", sizes, _cell(family.licence))
        yield f"| {' | '.join(cells)} |"


def _configuration() -> Iterator[str]:
    yield CONFIGURATION
    yield "### `[checks.<name>]`\n"
    yield f"{ProjectSettings.model_fields['checks'].description}\n"
    yield _keys(CheckSettings)
    for name, field in ProjectSettings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Settings):
            yield f"### `[{name}]`\n\n{field.description}\n"
            yield _keys(field.annotation)
    yield USER
    yield "### `buddy.*`\n"
    yield _keys(UserSettings, without=("tier",), camel=True)
    yield TIER
    yield _keys(TierSettings, camel=True)
    yield ENVIRONMENT


def _keys(model: type[Settings], without: tuple[str, ...] = (), camel: bool = False) -> str:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name not in without:
            cells = (f"`{_camel(name) if camel else name}`", _kind(field), _default(field), _cell(field.description))
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _kind(field: FieldInfo) -> str:
    """What may stand there, in words."""
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{value.value}`" for value in kind)
    if get_origin(kind) is tuple:
        return "list of texts" if get_args(kind)[0] is str else "list of lists of texts"
    return {bool: "`true`, `false`", int: "whole number", float: "number", str: "text"}[kind] + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    found = {
        word: getattr(mark, name)
        for mark in field.metadata
        for name, word in (("ge", "from"), ("gt", "above"), ("le", "to"))
        if getattr(mark, name, None) is not None
    }
    return "".join(f" {word} {found[word]}" for word in ("from", "above", "to") if word in found)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = getattr(field.default, "value", field.default)
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _cell(text: str | None) -> str:
    return " ".join((text or "").replace("|", "\\|").split())


def _cli() -> Iterator[str]:
    yield "# Command line\n"
    with cli.make_context("git buddy", [], resilient_parsing=True) as group:
        yield from _command(cli, group)
        yield "| command | what it does |\n|---|---|"
        yield from (f"| [`{name}`](#git-buddy-{name}) | {_cell(words)} |" for name, words in COMMANDS.items())
        yield ""
        for name in COMMANDS:
            command = cli.get_command(group, name)
            if command is not None:
                with command.make_context(name, [], group, resilient_parsing=True) as context:
                    yield from _command(command, context)
                    yield from _below(command, context)
    yield "## Exit codes\n\n| code | meaning |\n|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in sorted(EXITS.items()))
    yield ""


def _below(command: click.Command, context: click.Context) -> Iterator[str]:
    """The commands of a group."""
    for name, inner in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
        if not inner.hidden:
            with inner.make_context(name, [], context, resilient_parsing=True) as below:
                yield from _command(inner, below)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## `{context.command_path}`\n"
    yield f"    {usage}\n"
    yield "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n")) + "\n"
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    yield "| option | meaning |\n|---|---|"
    yield from (f"| `{_cell(names)}` | {_cell(words)} |" for names, words in records)
    yield ""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")
    CHOOSING.write_text(choosing(CHOOSING.read_text(encoding="utf-8")), encoding="utf-8")
    print("docs/choosing-models.md")


if __name__ == "__main__":
    main()

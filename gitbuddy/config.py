"""Settings: frozen, unknown keys refused, every field documented under it.

Two owners, two classes. `ProjectSettings` comes from `.buddy/config.toml` *as of the base commit* and can say what
proves a change; it can name neither endpoints nor models nor weaken the sandbox. `UserSettings` comes from
`git config buddy.*`, the environment and flags, and belongs to the person at this machine.
Later sources win: defaults < project < git config < environment < flags.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from gitbuddy.errors import UsageError
from gitbuddy.values import CheckKind, Think

PROJECT_FILE = ".buddy/config.toml"
HINT = "see docs/reference/configuration.md for every key"
S = TypeVar("S", bound="Settings")


def _words(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError('write a list of words, e.g. ["make", "test"]')  # noqa: TRY004 - pydantic words ValueErrors
    return value


def _check_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.:/+-]{0,59}", name):
        raise ValueError(
            "a check's name has 1 to 60 letters, digits, blanks and _.:/+- and begins with a letter or digit"
        )
    return name


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Command = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_words)]
CheckName = Annotated[str, BeforeValidator(_check_name)]


class Settings(BaseModel):
    """Base of all settings: immutable, strict about names, documented by attribute docstrings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CheckSettings(Settings):
    command: Command
    """Program and arguments; never a shell string."""
    kind: CheckKind = CheckKind.TEST
    """lint, types, build, test or coverage; cheap kinds run first."""
    timeout: Seconds = 300.0
    """Seconds one run may take."""


class GuardSettings(Settings):
    max_lines: Count = 300
    """Changed lines (added plus removed) of one patch."""
    max_files: Count = 20
    """Files of one patch."""
    max_bytes: Annotated[int, Field(ge=1, le=64 << 20)] = 100_000
    """Size in bytes of any one file that a patch writes."""
    protect: tuple[str, ...] = ()
    """Globs protected beside the built-in list (tests, CI, hooks, lock files, build and agent configuration)."""
    allow: tuple[str, ...] = ()
    """Globs taken off the protected list."""

    @model_validator(mode="after")
    def agrees(self) -> GuardSettings:
        both = [glob for glob in self.protect if glob in self.allow]
        if both:
            raise ValueError(f"protect and allow name the same glob: {both[0]}")
        return self


class LimitSettings(Settings):
    attempts: Annotated[int, Field(ge=1, le=50)] = 5
    """Attempts of one job, over all tiers."""
    deep_files: Count = 5
    """A task that names more files than this starts at `deep`."""
    deep_characters: Count = 1000
    """A task whose text is longer than this starts at `deep`."""
    task_characters: Count = 50_000
    """Longest task text that is accepted."""
    check_memory: Annotated[int, Field(ge=64 << 20)] = 4 << 30
    """Bytes of memory that each process of a check may write to."""
    check_total_memory: Annotated[int, Field(ge=64 << 20)] = 8 << 30
    """Bytes of memory that all processes of a check may hold together."""
    check_disk: Annotated[int, Field(ge=1 << 20)] = 8 << 30
    """Bytes that a check may write to its folders in all."""
    check_output: Annotated[int, Field(ge=1024, le=64 << 20)] = 256 << 10
    """Bytes of a check's output that are kept (head and tail)."""

    mutation_seconds: Seconds = 120.0
    """Seconds for trying new tests on code with small faults in it."""
    coverage_threshold: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    """Least percent of the statements of the touched files that the tests must run after a refactoring, where that can
    be measured; 0 asks only that it is not less than before."""


class WorktreeSettings(Settings):
    setup: tuple[Command, ...] = ()
    """Commands run in the sandbox (no network) after a worktree is laid out for a job."""
    dependencies: tuple[str, ...] = (".venv", "venv", "node_modules")
    """Ignored folders of your checkout that a check may read. They are mounted read-only."""


class LandingSettings(Settings):
    attribution: Literal["assisted-by", "co-authored-by", "none"] = "assisted-by"
    """Trailer that names the model on a landed commit."""


class ProjectSettings(Settings):
    """`.buddy/config.toml`."""

    checks: Mapping[CheckName, CheckSettings] = {}
    """The project's checks by name. None given: they are detected."""
    guard: GuardSettings = GuardSettings()
    """What a patch may touch, and how large it may be."""
    limits: LimitSettings = LimitSettings()
    """Bounds of a job."""
    worktree: WorktreeSettings = WorktreeSettings()
    """How the folder of a job is prepared."""
    landing: LandingSettings = LandingSettings()
    """How what was accepted is committed."""


class TierSettings(Settings):
    proposer: Literal["fixers", "mutate", "ollama", "openai", "embedded", "replay"] = "ollama"
    """What answers: deterministic fixers, a search for a small repair, Ollama's own protocol, an OpenAI-compatible
    server, a GGUF file that needs no server, a recorded transcript."""
    model: str = ""
    """Model name as the server knows it; for `embedded` the path of the GGUF file, for `replay` the transcript.
    `fixers` and `mutate` need none."""
    endpoint: str = ""
    """Base URL of the server; empty for the proposer's usual address."""
    format: Literal["search-replace", "whole-file", "udiff"] = "search-replace"
    """Edit format asked for; any known format is understood."""
    window: Annotated[int, Field(ge=1024, le=1 << 20)] = 8192
    """Context window in tokens, fixed for every call so that the server does not reload the model."""
    max_output: Annotated[int, Field(ge=64, le=1 << 17)] = 2048
    """Longest reply in tokens."""
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = 0.1
    """How freely the model chooses its words; 0 gives the likeliest answer."""
    attempts: Annotated[int, Field(ge=1, le=20)] = 2
    """Failures at this tier before the next one is asked."""
    calls: Annotated[int, Field(ge=1, le=64)] = 1
    """Calls at once, shared by all your processes. Where not set, 1 for `embedded`, else 4 for a tier named `fast` and
    2 for `reviewer`."""
    timeout: Seconds = 300.0
    """Seconds one call may take. Its answer must begin within four fifths of them, which have to cover the loading of
    the model, and may then fall silent for a fifth of them, and for 60 seconds at most."""
    think: Think = "off"
    """Whether a reasoning model shall think before it answers, or how much."""
    max_thinking: Annotated[int, Field(ge=0, le=1 << 17)] = 0
    """Tokens that may be thought before the reply, beside `max_output`; 0 lets thinking count against the reply."""
    samples: Annotated[int, Field(ge=1, le=8)] = 1
    """Answers asked for at once, each checked in a worktree of its own; the first that is accepted wins."""
    remote: bool = False
    """Allow a model that runs on somebody else's computers (names that end in `cloud`). Your code is sent there."""

    @model_validator(mode="after")
    def fits(self) -> TierSettings:
        if self.max_output + self.max_thinking >= self.window:
            both = f"{self.max_output} + {self.max_thinking}" if self.max_thinking else str(self.max_output)
            raise ValueError(f"max_output must be smaller than window: {both} and {self.window}")
        if self.proposer not in ("fixers", "mutate") and not self.model:
            raise ValueError(f"model is needed for this proposer: {self.proposer}")
        return self


class UserSettings(Settings):
    """`git config buddy.*`, environment `GITBUDDY_*`, flags."""

    endpoint: str = "http://127.0.0.1:11434"
    """Where Ollama listens (its own variable OLLAMA_HOST is honoured too)."""
    tiers: tuple[str, ...] = ()
    """Names of the tiers in order. None given: chosen from the models the endpoint has installed."""
    tier: Mapping[str, TierSettings] = {}
    """The tiers by name."""
    policy: Literal["ladder", "index"] = "ladder"
    """What chooses the next attempt: the fixed `ladder` of tiers, or an `index` of cost and chance, learned from the
    records of this repository."""
    patience: Seconds = 600.0
    """Seconds you would wait for a change that lands; the policy `index` stops where more would be spent."""
    sandbox: Literal["auto", "bubblewrap", "landlock", "external"] = "auto"
    """Which sandbox runs the checks; `auto` takes the strongest that works here."""
    min_tier: Literal["auto", "bubblewrap", "landlock", "propose-only"] = "auto"
    """Weakest sandbox that will do; below it nothing is run. `auto`: the one that `sandbox` names, else `bubblewrap`
    where `CI` is set and `landlock` elsewhere. `propose-only`: where no sandbox works no check is run, and what is
    proposed stays unverified."""
    mutate_seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 60.0
    """Seconds that a `fix` first searches for a small repair without a model; 0 does not search."""
    mutate_candidates: Count = 20_000
    """Candidates that such a search tries at most."""
    hook_seconds: Seconds = 5.0
    """Seconds that the pre-commit hook may take; what is not mended by then is left."""
    cache: str = ""
    """Folder for worktrees and caches; empty for the user's cache directory."""

    @model_validator(mode="after")
    def tiers_exist(self) -> UserSettings:
        missing = [name for name in self.tiers if name not in self.tier]
        if missing:
            raise ValueError(f"tiers names a tier that is not defined: {missing[0]}")
        twice = [name for name in self.tiers if self.tiers.count(name) > 1]
        if twice:
            raise ValueError(f"tiers names a tier twice: {twice[0]}")
        return self


def parse_project(text: bytes | None, where: str) -> ProjectSettings:
    """Read `.buddy/config.toml`; None (no such file) gives the defaults. `where` names the source in messages."""
    if text is None:
        return ProjectSettings()
    try:
        raw = tomllib.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{where} is not valid TOML: {error}", "correct the file and commit it") from error
    return _validated(ProjectSettings, raw, where)


def parse_user(raw: Mapping[str, Any]) -> UserSettings:
    """Check the merged settings of this user."""
    return _validated(UserSettings, raw, "your gitbuddy settings")


def _validated(model: type[S], raw: Mapping[str, Any], where: str) -> S:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise _complaint(model, error.errors()[0], where) from error


def _complaint(model: type[Settings], problem: ErrorDetails, where: str) -> UsageError:
    """The first problem in our words: which key, what is wrong with it, and its value."""
    path = [_legible(part) for part in problem["loc"] if part != "[key]"]
    key = ".".join(path)
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(path[-1], _keys(model), n=1)
        return UsageError(f"unknown key in {where}: {key}", f"did you mean {near[0]}? {HINT}" if near else HINT)
    words = problem["msg"].removeprefix("Value error, ")
    value = "" if isinstance(problem["input"], Mapping | Settings) else f": {repr(problem['input'])[:100]}"
    return UsageError(f"{where}: {f'{key}: ' if key else ''}{words}{value}", HINT)


def _legible(part: int | str) -> str:
    """A part of a key; one with line feeds or control characters is quoted, so that it stays a part of the sentence."""
    text = str(part)
    return text if text.isprintable() else repr(text)[:100]


def _keys(model: type[Settings]) -> list[str]:
    """Every key below a class of settings, by its last name."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(name)
        for part in (field.annotation, *get_args(field.annotation)):
            names += _keys(part) if isinstance(part, type) and issubclass(part, Settings) else ()
    return names

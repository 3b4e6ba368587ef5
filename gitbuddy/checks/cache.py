"""Results of checks by everything that decides them. A damaged or half-written entry is a miss, never an error."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitbuddy.checks.fingerprint import fingerprint
from gitbuddy.core.cases import merged
from gitbuddy.temporary import write_whole
from gitbuddy.values import Case, CaseStatus, Check, CheckResult, CheckStatus, Mounts

SCHEMA = 2
FAILURE_LIFE = 3600.0
"""Seconds for which a failure is believed: a flaky failure that is kept is a lie."""
MOST = 2000
"""Entries kept; the oldest go first."""
KEPT = (CheckStatus.PASSED, CheckStatus.FAILED)
"""What could not run or had no time says something about the machine at that moment, not about the tree."""


def key_of(check: Check, tree: str, mounts: Mounts, sandbox: str) -> str:
    """Name of the entry: the tree, the command as a list, and the environment it would run in."""
    facts = [SCHEMA, tree, list(check.command), check.kind.value, check.timeout, sandbox, str(mounts.at)]
    text = json.dumps([*facts, fingerprint(check.command[0], mounts)])
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Cache:
    """A folder of small JSON files, safe to share between processes and to delete at any time. `now` in seconds."""

    folder: Path
    now: Callable[[], float] = time.time

    def get(self, key: str, check: Check) -> CheckResult | None:
        """The remembered result, as one of this check; None if there is none that may be believed."""
        try:
            value = json.loads(self._path(key).read_text("utf-8"))
            result, age = _result(value, check), self.now() - value["at"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        if result.status not in KEPT or (result.status is CheckStatus.FAILED and not 0 <= age <= FAILURE_LIFE):
            return None
        return result

    def put(self, key: str, result: CheckResult) -> None:
        """Remember a result that is worth it. A disk that refuses costs time later, and nothing now.

        What the entry before says otherwise, on the very same key, is flaky from then on.
        """
        if result.status not in KEPT or result.cached:
            return
        earlier = self.get(key, result.check)
        value = _value(merged([earlier, result]) if earlier else result) | {"at": self.now()}
        with suppress(OSError):
            write_whole(self._path(key), json.dumps(value).encode())
            self._prune()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _prune(self) -> None:
        entries = list(self.folder.iterdir())
        if len(entries) <= MOST:
            return
        ages = sorted((_modified(entry), entry) for entry in entries)
        for _, entry in ages[: len(entries) - MOST * 3 // 4]:
            entry.unlink(missing_ok=True)


def _value(result: CheckResult) -> dict[str, Any]:
    cases = None if result.cases is None else [[case.id, case.status.value, case.words] for case in result.cases]
    return {
        "status": result.status.value,
        "exit_code": result.exit_code,
        "output": result.output,
        "seconds": result.seconds,
        "cases": cases,
        "flaky": list(result.flaky),
    }


def _result(value: Any, check: Check) -> CheckResult:
    """What an entry says. Raises `KeyError`, `TypeError` or `ValueError` for one that is damaged."""
    exit_code, output, seconds, flaky = (value[name] for name in ("exit_code", "output", "seconds", "flaky"))
    sound = isinstance(exit_code, int) and isinstance(output, str) and isinstance(seconds, int | float)
    if not sound or not all(isinstance(name, str) for name in flaky):
        raise TypeError("not an entry of ours")
    raw = value["cases"]
    cases = None if raw is None else tuple(Case(_text(name), CaseStatus(s), _text(words)) for name, s, words in raw)
    status = CheckStatus(value["status"])
    return CheckResult(check, status, exit_code, output, float(seconds), True, cases, tuple(flaky))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

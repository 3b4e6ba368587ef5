"""What linters found and what was mended, for people, as JSON and as SARIF 2.1.0.

The fields of the JSON that other programs know are those of a task handler's `code-fix-lint`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gitbuddy import __version__
from gitbuddy.core.endings import language_of
from gitbuddy.mending.findings import Finding
from gitbuddy.mending.mender import Mended

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(mended: Mended, tools: Sequence[str], seconds: float) -> str:
    """One object; `success` says that nothing is left to complain of."""
    left, found = len(mended.left.all), len(mended.found.all)
    languages = sorted({language_of(path) or "" for path in mended.found.by_file} - {""})
    facts: dict[str, Any] = {
        "task_id": "",
        "type": "code-fix-lint",
        "status": "completed" if not mended.left.silent else "failed",
        "output": summary(mended),
        "success": left == 0 and not mended.left.silent,
        "language": ", ".join(languages),
        "model": mended.model,
        "duration_seconds": round(seconds, 3),
        "linter": ", ".join(tools),
        "errors_found": found,
        "errors_left": left,
        "files_changed": [change.path for change in mended.changes],
        "files_by_model": list(mended.by_model),
        "undone": [{"path": it.path, "why": it.why} for it in mended.undone],
        "notes": list(mended.notes),
        "cannot_tell": sorted(mended.left.silent),
        "findings": [_finding(finding) for finding in mended.left.all],
    }
    return json.dumps(facts, ensure_ascii=True, indent=2)


def as_sarif(findings: Sequence[Finding], tools: Sequence[str]) -> str:
    """A log with one run for each tool, in the form that code scanning services read (OASIS SARIF 2.1.0)."""
    runs = [_run(tool, [finding for finding in findings if finding.tool == tool]) for tool in tools]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}, ensure_ascii=True, indent=2)


def summary(mended: Mended) -> str:
    """One sentence on what was done."""
    found, left = len(mended.found.all), len(mended.left.all)
    files = len(mended.changes)
    if not found:
        return "nothing to mend"
    if not files:
        return f"nothing was mended; complaints left: {left}"
    by = f", {len(mended.by_model)} of them with the help of {mended.model}" if mended.by_model else ""
    return f"mended {found - left} of {found} complaints in {files} {'file' if files == 1 else 'files'}{by}"


def _run(tool: str, findings: Sequence[Finding]) -> Mapping[str, Any]:
    rules = sorted({finding.rule for finding in findings} - {""})
    driver = {"name": tool, "rules": [{"id": rule} for rule in rules]}
    return {
        "tool": {"driver": driver, "extensions": [{"name": "gitbuddy", "version": __version__}]},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding) for finding in findings],
    }


def _result(finding: Finding) -> Mapping[str, Any]:
    region = {"startLine": finding.line} if finding.line else {}
    if finding.line and finding.column:
        region["startColumn"] = finding.column
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(os.fsencode(finding.path))}}
    if region:
        place["region"] = region
    named = {"ruleId": finding.rule} if finding.rule else {}
    located = [{"physicalLocation": place}]
    return {**named, "level": "warning", "message": {"text": finding.message}, "locations": located}


def _finding(finding: Finding) -> Mapping[str, Any]:
    return {
        "tool": finding.tool,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "rule": finding.rule,
        "message": finding.message,
    }

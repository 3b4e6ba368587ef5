"""Whether a reply makes the edit that was asked for. Pure and exact: parsed, applied in memory, compared, never run."""

from __future__ import annotations

from gitbuddy.calibration.fixtures import Fixture
from gitbuddy.core.apply import apply
from gitbuddy.core.formats import parse
from gitbuddy.core.languages import language_of, skeleton
from gitbuddy.errors import Rejected
from gitbuddy.values import SourceFile


def complaint(reply: str, fixture: Fixture) -> str:
    """Why the reply is not the edit asked for; empty when it is. The words are codes of `Refused`, or `wrong`."""
    files = {file.path: file for file in (SourceFile(fixture.path, fixture.before), *fixture.shown)}
    try:
        patch = apply(parse(reply, (fixture.path,)), files.get)
    except Rejected as rejected:
        return rejected.refused.reason
    if patch.paths != (fixture.path,):
        return "other-files"
    made = patch.changes[0].after
    return "" if made is not None and _is_right(made, fixture) else "wrong"


def _is_right(made: bytes, fixture: Fixture) -> bool:
    if made in fixture.after:
        return True
    if fixture.exact or language_of(fixture.path) is None:
        return False
    try:
        found = skeleton(made, fixture.path)
    except ValueError:
        return False
    return any(found == skeleton(after, fixture.path) for after in fixture.after)

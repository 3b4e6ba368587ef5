"""One module per family of edits, each a pure generator from a file and a place. No template knows of the others.

What does not parse or changes nothing is sorted out in `core.repair.order`. May import the rest of `core.repair` but
`order`. A new template is a file here, a line in `TEMPLATES` and one in the priors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.templates import (
    arguments,
    arithmetic,
    boolean,
    borrowed,
    comparison,
    conditions,
    constants,
    dropped,
    guards,
    inserted,
    moved,
    names,
    offsets,
    siblings,
    statements,
    strings,
)

Template = Callable[[Source, Place], Iterator[Replacement]]

TEMPLATES: Mapping[str, Template] = {
    "arguments": arguments.candidates,
    "arithmetic": arithmetic.candidates,
    "boolean": boolean.candidates,
    "borrowed": borrowed.candidates,
    "comparison": comparison.candidates,
    "conditions": conditions.candidates,
    "constants": constants.candidates,
    "dropped": dropped.candidates,
    "guards": guards.candidates,
    "inserted": inserted.candidates,
    "moved": moved.candidates,
    "names": names.candidates,
    "offsets": offsets.candidates,
    "siblings": siblings.candidates,
    "statements": statements.candidates,
    "strings": strings.candidates,
}

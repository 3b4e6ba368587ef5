"""Notes in `refs/notes/buddy`: what a landed commit's job was, one JSON line each.

Written as a tree of our own (git's format: the commit's id in hex, possibly split by slashes, names the blob), because
neither `git notes` nor libgit2 moves the notes ref by compare-and-swap; a note would get lost between two processes.
"""

from __future__ import annotations

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.objects import Blob, Objects, signature
from gitbuddy.git.refs import Refs

REF = "refs/notes/buddy"
ROUNDS = 100


class Notes:
    """The notes of one repository."""

    def __init__(self, objects: Objects, refs: Refs) -> None:
        self._objects = objects
        self._refs = refs

    def read(self, commit: str) -> str | None:
        """The note of a commit, or None."""
        tip = self._refs.read(REF)
        path = self._place(tip, commit) if tip else None
        file = self._objects.read(tip, path) if tip and path else None
        return file.data.decode("utf-8", "replace") if file else None

    def add(self, commit: str, text: str) -> None:
        """Add `text` to the note of a commit; adding what already stands in it changes nothing."""
        for _ in range(ROUNDS):
            tip = self._refs.read(REF)
            old = self.read(commit) if tip else None
            if old is not None and text.strip() in old:
                return
            if self._refs.move(REF, tip, self._written(tip, commit, old, text), "gitbuddy: note"):
                return
        raise GitbuddyError(f"the notes ref moves too fast to add a note: {commit}", "run the command again")

    def _written(self, tip: str | None, commit: str, old: str | None, text: str) -> str:
        place = (self._place(tip, commit) if tip else None) or f"{commit[:2]}/{commit[2:]}"
        lines = (old or "").rstrip("\n")
        data = f"{lines}\n{text.strip()}\n".lstrip("\n").encode()
        tree = self._objects.write_tree(tip, {place: Blob(data)})
        who = signature("gitbuddy", "gitbuddy@localhost")
        return self._objects.write_commit(tree, [tip] if tip else [], "Notes added by gitbuddy\n", who, who)

    def _place(self, tip: str, commit: str) -> str | None:
        """Where the note of a commit stands: git splits the id once more whenever there are many notes."""
        places = (commit, f"{commit[:2]}/{commit[2:]}", f"{commit[:2]}/{commit[2:4]}/{commit[4:]}")
        return next((place for place in places if self._objects.size(tip, place) is not None), None)

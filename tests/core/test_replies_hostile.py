"""Replies that are torn, shuffled or made to hurt: nothing but `Rejected` comes of them, and it comes soon.

There are no timings here. A megabyte that is read in quadratic time would keep the suite for hours.
"""

from __future__ import annotations

import random
import re

import pytest
from core.test_replies import NAMES, Case, case, outcome

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected

MEGABYTE = 1_000_000
BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
CALL = '{"name": "edit_file", "arguments": {"path": "src/a.py", "old_string": "a", "new_string": "b"}}\n'
PIECES = [
    "<think>",
    "<think></think>",
    "<think>\n",
    "</think>\n",
    "[THINK]x[/THINK]\n",
    "</s>",
    "<|im_end|>\n",
    "<|im_end|>",
    "<|channel|>final<|message|>",
    "<|channel|>analysis<|message|>x<|end|>",
    "```\n",
    "```a\n",
    "~~~\n```\n",
    "            ```\n",
    "```md\n```sh\n```\n",
    "```md\n```sh\n",
    "```python\nx\n```\n",
    "a.py\n```python\nx\n```\n",
    BLOCK,
    f"a.py\n{BLOCK}",
    f"```\n{BLOCK}",
    f"```\n{BLOCK}```\n",
    "```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n",
    "<<<<<<< SEARCH\n",
    "<<<<<<< SEARCH\n=======\n",
    "=======\n",
    ">>>>>>> REPLACE\n",
    "--- a/x\n+++ b/x\n",
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    "diff --git a/x b/x\n",
    "@@\n",
    "*** Begin Patch\n",
    "*** Begin Patch\n*** Update File: a\n@@\n-a\n+b\n*** End Patch\n",
    "*** Update File: a\n",
    "{",
    "{\n",
    "[",
    '{"a":',
    '{"a": 1}\n',
    CALL,
    f"<tool_call>{CALL}",
    f"<tool_call>{CALL}</tool_call>\n",
    "<tool_call>\n",
    "<function=a>",
    "<parameter=a>",
    "# a.py\n",
    "# ...\n",
    "- a\n+ b\n",
    "1 | x\n",
    "`a.py` ",
    "a/",
    "../",
    "x",
    " ",
    "\t",
    "\0",
    "\0\n",
    "\r",
    "\u6587\u4ef6\uff1a",
    "&lt;" * 7 + "\n",
    "\\",
]
AROUND = {
    "in a named fence": "src/a.py\n```python\n{}\n```\n",
    "in a diff": "```diff\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-a\n{}\n```\n",
    "in a block": "src/a.py\n<<<<<<< SEARCH\n{}\n=======\nx\n>>>>>>> REPLACE\n",
    "in a call": "<tool_call>\n<function=edit><parameter=path>a</parameter>{}</function>\n</tool_call>\n",
}


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_megabyte_of_one_thing_is_read_or_refused(piece: str) -> None:
    assert reading(piece * (MEGABYTE // len(piece))) in ("read", "reply")


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_format_with_much_of_one_thing_in_it_is_read_or_refused(piece: str, around: str) -> None:
    assert reading(around.replace("{}", piece * (MEGABYTE // 20 // len(piece)))) in ("read", "reply")


def reading(reply: str) -> str:
    try:
        parse(reply, ("src/a.py",))
    except Rejected as rejected:
        return rejected.refused.stage
    return "read"


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_reply_changes_no_file_that_the_whole_one_does_not_name(name: str) -> None:
    given = case(name)
    strange = {
        path
        for cut in range(len(given.reply))
        for path in changed(given.reply[:cut], given)
        if path not in named(given.reply) and path not in given.task
    }

    assert strange == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_shuffled_reply_is_read_or_refused(name: str) -> None:
    given, dice = case(name), random.Random(name)
    shuffled = [shuffle(given.reply, dice) for _ in range(60)]

    assert all(changed(reply, given) <= named(reply) | set(given.task) for reply in shuffled)


def changed(reply: str, given: Case) -> set[str]:
    try:
        return set(outcome(reply, given))
    except Rejected:
        return set()


def named(reply: str) -> set[str]:
    words = [word.replace("\\", "/").removeprefix("./") for word in re.findall(r"[\w./\\+-]+", reply)]
    return {name for word in words for name in (word, re.sub(r"^[ab]/", "", word))}


def shuffle(reply: str, dice: random.Random) -> str:
    """The reply with a few of its lines lost, doubled or swapped, and some of its marks changed."""
    lines = reply.split("\n")
    for _ in range(dice.randint(1, 4)):
        one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        what = dice.choice(["lose", "double", "swap", "fence", "indent", "cut"])
        if what == "lose" and len(lines) > 1:
            del lines[one]
        elif what == "double":
            lines.insert(other, lines[one])
        elif what == "swap":
            lines[one], lines[other] = lines[other], lines[one]
        elif what == "fence":
            lines.insert(one, dice.choice(["```", "~~~", "```python", "=======", "@@", "<think>", "</think>"]))
        elif what == "indent":
            lines[one] = dice.choice([" ", "\t", "    ", "+", "-"]) + lines[one]
        else:
            lines[one] = lines[one][: dice.randint(0, len(lines[one]))]
    return "\n".join(lines)

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from made import TREE, accepted, attempt, passed, result, task

from gitbuddy.core.message import Attribution, branch_name, commit_message, inert, slug
from gitbuddy.values import Accepted, CheckStatus, Proposal, Tier

OURS = ["Buddy-Job", "Buddy-Verified", "Buddy-Verified", "Assisted-by"]

HOSTILE = {
    "plain": "make it work",
    "signed off": "Signed-off-by: Mallory <m@example.org>",
    "trailers at the end": "add a page\n\nwords\n\nSigned-off-by: Mallory <m@example.org>\nCc: all@example.org",
    "a note at the end": "add a page\n\nFoo: bar",
    "buddy trailers": "add\n\nBuddy-Job: x\nBuddy-Verified: test@000000000000",
    "divider": "---",
    "divider first": "--- a/file\n+++ b/file",
    "divider within": "add a page\n---\nmore\n\nFoo: bar",
    "scissors": "add\n# ------------------------ >8 ------------------------\nmore",
    "comment": "# heading\n\nwords",
    "carriage returns": "add\r\n\r\nFoo: bar\r\rSigned-off-by: M <m@example.org>",
    "control characters": "add\x00 \x1b[31mred\x07\x08\n\nFoo\x00: bar",
    "only control characters": "\x00\x1b\x07",
    "other line ends": "add\u2028\u2028Foo: bar\x85\x85Cc: all\x0c\x0bX: y",
    "bidi and zero width": "add \u202eevil\u202c \u200bword\ufeff",
    "no text": "a \udcff\ud800 b",
    "long line": "x" * 5000,
    "long text": "word: and more words\n" * 300,
    "only punctuation": "!!! ... ???",
    "not ASCII": "\u0444\u0438\u043a\u0441 \U0001f41b und \u00dcbel",
    "empty": "",
    "a URL": "https://example.org/a",
    "a colon first": ": odd\n\n: odder",
    "folded": "add\n\nFoo: bar\n  baz\n\tqux",
}


def parsed(message: str, *options: str) -> str:
    command = ["git", "interpret-trailers", "--parse", *options]
    return subprocess.run(command, input=message.encode(), capture_output=True, check=True).stdout.decode()


def keys(message: str, *options: str) -> list[str]:
    return [line.split(":", 1)[0] for line in parsed(message, *options).splitlines()]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("options", [(), ("--no-divider",)], ids=["divider", "no-divider"])
def test_git_finds_our_trailers_and_no_others(text: str, options: tuple[str, ...]) -> None:
    message = commit_message(task(text), accepted(), "assisted-by")

    assert keys(message, *options) == OURS


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_commit_made_of_it_has_a_subject_and_our_trailers(text: str, tmp_path: Path) -> None:
    def git(*words: str, given: str = "") -> str:
        done = subprocess.run(["git", *words], cwd=tmp_path, input=given.encode(), capture_output=True, check=True)
        return done.stdout.decode()

    git("init", "--quiet")
    message = commit_message(task(text), accepted(), "assisted-by")
    # `strip` is what an editor session does to it later, e.g. at an amend: it drops lines that look like comments.
    git("commit", "--quiet", "--allow-empty", "--cleanup=strip", "--file=-", given=message)
    subject, *trailers = git("log", "-1", "--format=%s%n%(trailers:only,keyonly)").strip().splitlines()

    assert 0 < len(subject) <= 72
    assert trailers == OURS
    assert message.startswith(f"{subject}\n\n")


def test_the_whole_message_of_a_short_task() -> None:
    job = task("make the sum right")

    assert commit_message(job, accepted(), "assisted-by") == (
        "make the sum right\n"
        "\n"
        "Shown by the project's checks:\n"
        "- lint: passed on base, passed here\n"
        "- test: failed on base, passed here\n"
        "\n"
        f"Buddy-Job: {job.id}\n"
        f"Buddy-Verified: lint@{TREE[:12]}\n"
        f"Buddy-Verified: test@{TREE[:12]}\n"
        "Assisted-by: gitbuddy:small:2b\n"
    )


def test_a_long_text_is_quoted_below_a_short_subject() -> None:
    message = commit_message(task(f"add {'very ' * 20}much\n\nsecond paragraph"), accepted(), "none")
    subject, blank, *body = message.splitlines()

    assert len(subject) <= 72
    assert subject.endswith("...")
    assert blank == ""
    assert body[:3] == [f"> add {'very ' * 20}much", ">", "> second paragraph"]


def test_the_quotation_of_a_very_long_text_is_bounded_and_says_so() -> None:
    message = commit_message(task("word " * 10_000), accepted(), "none")

    assert len(message) < 3000
    assert "\n> [...]\n" in message


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("assisted-by", ["Assisted-by: gitbuddy:small:2b"]),
        ("co-authored-by", ["Co-authored-by: gitbuddy (small:2b) <gitbuddy@localhost>"]),
        ("none", []),
    ],
)
def test_the_style_of_attribution_is_a_setting(attribution: Attribution, expected: list[str]) -> None:
    trailers = parsed(commit_message(task(), accepted(), attribution)).splitlines()

    assert trailers[3:] == expected
    assert "signed-off-by" not in "".join(trailers).lower()


def test_names_from_settings_cannot_add_lines() -> None:
    evil = "x\nSigned-off-by: M <m@example.org>"
    attempt = accepted(Tier("fast", "ollama", model=evil), results=(passed(evil),), verdict=Accepted((evil, evil)))
    message = commit_message(task(), attempt, "assisted-by")

    assert keys(message) == ["Buddy-Job", "Buddy-Verified", "Assisted-by"]
    assert "\nSigned-off-by" not in message


def test_only_checks_that_pass_are_called_verified() -> None:
    made = accepted(results=(passed("lint"), result("slow", CheckStatus.TIMED_OUT), result("test", CheckStatus.FAILED)))

    assert keys(commit_message(task(), made, "none")) == ["Buddy-Job", "Buddy-Verified"]


def test_a_tier_without_a_model_is_named_itself() -> None:
    message = commit_message(task(), accepted(Tier("fixers", "fixers"), proposal=Proposal("ruff")), "assisted-by")

    assert message.endswith("Assisted-by: gitbuddy:fixers\n")


def test_without_a_verdict_nothing_is_claimed() -> None:
    assert "Shown by" not in commit_message(task(), attempt(), "none")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[skip ci] now", "(skip ci) now"),
        ("[ci skip]", "(ci skip)"),
        ("[CI-Skip]", "(CI-Skip)"),
        ("[skip-ci]", "(skip-ci)"),
        ("[no ci]", "(no ci)"),
        ("[skip actions] [actions skip]", "(skip actions) (actions skip)"),
        ("[skip netlify]", "(skip netlify)"),
        ("***NO_CI***", "NO_CI"),
        ("Fixes #1", "Fixes # 1"),
        ("closes: owner/repo#12, #13", "closes: owner/repo# 12, # 13"),
        ("Resolves GH-7", "Resolves GH- 7"),
        ("fix https://example.org/o/r/issues/1 now", "fix <https://example.org/o/r/issues/1> now"),
        ("ABC-1 #close #time 3h", "ABC-1 # close # time 3h"),
        ("merge !42", "merge ! 42"),
        ("ask @octocat, or @org/team", "ask @ octocat, or @ org/team"),
        ("(@octocat)", "(@ octocat)"),
        ("/tag v1.0", "/ tag v1.0"),
        ("words\n/close", "words\n/ close"),
    ],
)
def test_what_a_forge_would_act_on_is_made_inert(text: str, expected: str) -> None:
    assert inert(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "add a page",
        "use list[int] and data[0]",
        "mail ada@example.org",
        "C# and F#",
        "fix UTF-8 and SHA-1",
        "see https://example.org/a#part",
        "prefix and fixture",
        "a\tb\n  c",
        "path/to/file and a/b",
        "what!",
        "\u0444\u0438\u043a\u0441 \U0001f41b",
        "1. # heading",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["[skip ci] x", "Fixes #1", "ask @octocat", "fixup! x", "squash! x", "#5 first", "/tag v1"]
)
@pytest.mark.parametrize("more", ["", "\n\nand [ci skip], closes #2, @all"])
def test_no_part_of_the_message_has_power(text: str, more: str) -> None:
    message = commit_message(task(text + more), accepted(), "assisted-by")

    assert not re.search(r"\[(skip ci|ci skip)|(?<!\w)@\w|#\d|^(fixup|squash)!|^#|^/\w", message, re.IGNORECASE)


def test_being_made_inert_twice_changes_nothing_more() -> None:
    for text in HOSTILE.values():
        assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Make it work", "make-it-work"),
        ("  --weird__ // name!! ", "weird-name"),
        ("\u00dcbel caf\u00e9", "ubel-cafe"),
        ("\u0444\u0438\u043a\u0441", "task"),
        ("", "task"),
        ("!!!", "task"),
        ("../../etc/passwd", "etc-passwd"),
        ("a.lock", "a-lock"),
        ("x" * 100, "x" * 40),
        ("y" * 39 + " z", "y" * 39),
        ("@{-1}~^:?*[\\", "1"),
        ("a\nb\x00c", "a-b-c"),
        ("\udcff", "task"),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected
    assert re.fullmatch(r"[a-z0-9-]{1,40}", slug(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_git_takes_every_branch_name(text: str) -> None:
    name = branch_name(task(text))
    done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False)

    assert done.returncode == 0


def test_a_branch_is_named_by_its_slug_and_its_id() -> None:
    job = task("some words", slug="add-page")

    assert branch_name(job) == f"buddy/add-page-{job.id[:8]}"
    assert branch_name(replace(job, slug="")) == f"buddy/some-words-{job.id[:8]}"

"""`git buddy fix-lint`: files mended where they stand, by real ruff and a scripted model."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from linted import BARE, CAUGHT, CLEAN, MENDED, REPLY, UNUSED
from sample import Project

from gitbuddy.testing.ollama_server import Reply

CLOSED = "http://127.0.0.1:9"


def read(project: Project, name: str) -> str:
    return (project.repo.path / name).read_bytes().decode()


def test_without_complaints_nothing_is_said(lint: Project) -> None:
    before = lint.repo.manifest()

    ran = lint.buddy("fix-lint", "clean.py")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert lint.repo.manifest() == before
    assert lint.server.requests == []


def test_tools_mend_and_the_exit_code_says_that_a_file_changed(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})

    ran = lint.buddy("fix-lint", "unused.py", "clean.py")

    assert ran.code == 1
    assert "mended 1 of 1 complaints in 1 file" in ran.err
    assert (read(lint, "unused.py"), read(lint, "clean.py")) == (MENDED, CLEAN)
    assert lint.server.requests == []  # nothing was left to ask a model for
    assert lint.buddy("fix-lint", "unused.py").code == 0


def test_a_model_mends_what_tools_leave(lint: Project) -> None:
    lint.repo.write({"bare.py": BARE})

    ran = lint.buddy("fix-lint", "bare.py")

    assert read(lint, "bare.py") == CAUGHT, ran.err
    assert "with the help of" in ran.err
    assert "E722" in lint.server.requests[-1].prompt


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        pytest.param(REPLY.replace("except OSError:", "except:  # noqa: E722"), "silencing", id="silenced"),
        pytest.param(REPLY.replace("except OSError:", "except OSErorr:"), "new complaint", id="new"),
        pytest.param(REPLY.replace("except OSError:", "except OSError"), "", id="broken"),
        pytest.param(REPLY.replace("bare.py", "clean.py"), "", id="another-file"),
        pytest.param("I would rather not.", "", id="no-edit"),
    ],
)
def test_what_a_model_gets_wrong_changes_nothing(lint: Project, reply: str, why: str) -> None:
    lint.repo.write({"bare.py": BARE})
    lint.answer(reply)

    ran = lint.buddy("fix-lint", "bare.py")

    assert ran.code == 1
    assert (read(lint, "bare.py"), read(lint, "clean.py")) == (BARE, CLEAN)
    assert "bare.py:4:5: E722" in ran.out
    assert why in ran.err
    assert "undone in bare.py" in ran.err


def test_without_a_model_server_tools_still_mend(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED, "bare.py": BARE})

    ran = lint.buddy("fix-lint", "unused.py", "bare.py", extra={"OLLAMA_HOST": CLOSED})

    assert ran.code == 1
    assert (read(lint, "unused.py"), read(lint, "bare.py")) == (MENDED, BARE)
    assert [line for line in ran.err.splitlines() if "model" in line] == [
        f"gitbuddy: no model was asked: no model server answers at: {CLOSED}"
    ]


def test_a_slow_model_costs_no_more_than_the_budget(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED, "bare.py": BARE})
    lint.answer(Reply(REPLY, delay=60))

    ran = lint.buddy("fix-lint", "--budget", "4", "unused.py", "bare.py")

    assert ran.code == 1
    assert (read(lint, "unused.py"), read(lint, "bare.py")) == (MENDED, BARE)
    assert "in time" in ran.err


def test_check_changes_nothing(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})

    ran = lint.buddy("fix-lint", "--check", "unused.py")

    assert ran.code == 1
    assert ran.out == "unused.py:1:8: F401 `os` imported but unused\n"
    assert read(lint, "unused.py") == UNUSED


def test_json_has_the_fields_of_a_task_handler(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED, "bare.py": BARE})

    found = lint.buddy("fix-lint", "--format", "json", "--no-model", "unused.py", "bare.py").json()

    assert found["type"] == "code-fix-lint"
    assert (found["status"], found["success"], found["language"]) == ("completed", False, "python")
    assert (found["errors_found"], found["errors_left"], found["linter"]) == (2, 1, "ruff check")
    assert found["files_changed"] == ["unused.py"]
    assert [(it["path"], it["line"], it["rule"]) for it in found["findings"]] == [("bare.py", 4, "E722")]


def test_sarif_names_place_and_rule(lint: Project) -> None:
    lint.repo.write({"bare.py": BARE})

    log = lint.buddy("fix-lint", "--check", "--format", "sarif", "bare.py").json()

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"] == {"name": "ruff check", "rules": [{"id": "E722"}]}
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("E722", "bare.py", 4)


def test_bytes_that_were_not_mended_stay(lint: Project) -> None:
    odd = b"\xef\xbb\xbfimport os\r\nimport sys\r\n\r\nNAMES = [ 1,2 ]   # \xc3\xa9\r\nprint(sys.argv)"
    lint.repo.write({"odd.py": odd, "pyproject.toml": '[tool.ruff.lint]\nselect = ["F"]\n'})
    (lint.repo.path / "odd.py").chmod(0o755)

    lint.buddy("fix-lint", "odd.py")

    assert (lint.repo.path / "odd.py").read_bytes() == odd.replace(b"import os\r\n", b"")
    assert (lint.repo.path / "odd.py").stat().st_mode & 0o777 == 0o755


def test_index_stash_head_and_other_files_stay(lint: Project) -> None:
    lint.repo.write({"staged.py": UNUSED, "other.py": BARE})
    lint.repo.git("add", "staged.py")
    index = (lint.repo.path / ".git/index").read_bytes()

    lint.buddy("fix-lint", "staged.py", extra={"OLLAMA_HOST": CLOSED})

    assert (lint.repo.path / ".git/index").read_bytes() == index
    assert read(lint, "other.py") == BARE
    assert lint.repo.git("stash", "list") == ""


def test_a_symbolic_link_is_not_followed(lint: Project, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(UNUSED)
    (lint.repo.path / "link.py").symlink_to(tmp_path / "outside.py")

    lint.buddy("fix-lint", "link.py")

    assert (tmp_path / "outside.py").read_text() == UNUSED
    assert (lint.repo.path / "link.py").is_symlink()


def test_a_file_with_two_names_is_left_alone(lint: Project, tmp_path: Path) -> None:
    lint.repo.write({"one.py": UNUSED})
    os.link(lint.repo.path / "one.py", tmp_path / "two.py")

    ran = lint.buddy("fix-lint", "one.py")

    assert read(lint, "one.py") == (tmp_path / "two.py").read_text() == UNUSED
    assert "hard links" in ran.err


def test_a_folder_names_its_tracked_files(lint: Project) -> None:
    lint.repo.commit("more", files={"pkg/a.py": UNUSED, "pkg/b.py": UNUSED})

    ran = lint.buddy("fix-lint", "pkg")

    assert (read(lint, "pkg/a.py"), read(lint, "pkg/b.py")) == (MENDED, MENDED), ran.err


def test_it_works_before_the_first_commit_and_below_the_top(lint: Project, tmp_path: Path) -> None:
    lint.repo.git("checkout", "--quiet", "--orphan", "new")
    lint.repo.write({"sub/unused.py": UNUSED})

    ran = lint.buddy("fix-lint", "unused.py", cwd=lint.repo.path / "sub")

    assert read(lint, "sub/unused.py") == MENDED, ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.py",), 2, "there is no such file: nowhere.py"),
        (("../outside.py",), 2, "leads out of the checkout"),
        ((".git/config",), 2, "leads out of the checkout"),
        (("--budget", "0", "clean.py"), 2, "budget"),
    ],
)
def test_a_wrong_request_is_one_sentence(lint: Project, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = lint.buddy("fix-lint", *arguments)

    assert ran.code == code
    assert words in ran.err


def test_outside_of_a_checkout_it_says_so(lint: Project, tmp_path: Path) -> None:
    ran = lint.buddy("fix-lint", "x.py", cwd=tmp_path)

    assert ran.code == 1
    assert ran.err.startswith("error: not a git repository")


def test_a_linter_that_cannot_read_its_settings_is_heard(lint: Project) -> None:
    lint.repo.write({"pyproject.toml": "[tool.ruff]\nno-such-key = 1\n", "unused.py": UNUSED})

    ran = lint.buddy("fix-lint", "unused.py")

    assert ran.code == 1
    assert "no-such-key" in ran.err
    assert read(lint, "unused.py") == UNUSED


def test_findings_are_safe_to_print(lint: Project) -> None:
    lint.repo.write({"bad\x1b[31m.py": UNUSED})

    ran = lint.buddy("fix-lint", "--check", "bad\x1b[31m.py")

    assert "\x1b" not in ran.out + ran.err


def test_json_is_whole_without_findings(lint: Project) -> None:
    assert json.loads(lint.buddy("fix-lint", "--format", "json", "clean.py").out)["success"] is True


def test_a_repository_that_git_refuses_is_refused_in_one_sentence_with_its_cure(lint: Project, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    lint.repo.git("clone", "--quiet", "--bare", ".", str(bare))
    (lint.repo.path / ".git" / "config").write_text("[core\n")

    refusals = (
        (bare, "error: this repository is bare"),
        (lint.repo.path, "error: git rev-parse failed: fatal: bad config line 1"),
    )
    for folder, words in refusals:
        ran = lint.buddy("fix-lint", "--check", cwd=folder)
        said, *more = ran.err.splitlines()

        assert ran.code == 1
        assert said.startswith(words)
        assert len(more) == 1
        assert more[0].startswith("hint: ")


def test_a_name_that_is_no_utf8_hides_no_complaint_and_spoils_no_other_file(lint: Project) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (lint.repo.path / name).write_text(CLEAN)
    lint.repo.git("add", "--all")
    lint.repo.git("commit", "--quiet", "-m", "odd")
    (lint.repo.path / name).write_text(UNUSED)
    lint.repo.write({"unused.py": UNUSED})

    looked = lint.buddy("fix-lint", "--check", name)
    told = lint.buddy("fix-lint", "--check", "--format", "sarif", name)
    mended = lint.buddy("fix-lint", "unused.py")
    left = lint.buddy("fix-lint", name)

    assert (looked.code, looked.out.count("F401")) == (1, 1)
    assert "caf%E9.py" in told.out
    assert read(lint, "unused.py") == MENDED, mended.err
    assert left.code == 1
    assert "its name is not UTF-8" in left.err
    assert "nothing was mended; complaints left: 1" in left.err
    assert read(lint, name) == UNUSED

"""Reports that runners print: go's events and cargo's text. Samples are real ones, cut to the lines that matter."""

from __future__ import annotations

import pytest
from reported import DOC, EMPTY, LIB, OK, OUT, RED, ended, event, listed

from gitbuddy.checks.reports import Report, Unreadable, go_json, libtest, printed
from gitbuddy.values import CaseStatus

PASSED, FAILED, SKIPPED = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.SKIPPED


def statuses(report: Report) -> dict[str, CaseStatus]:
    return {case.id: case.status for case in report.cases}


Expected = tuple[tuple[str, dict[str, CaseStatus]], ...]
GO: Expected = (
    (event("run", "TestA") + ended("pass", "TestA") + OK, {"m.TestA": PASSED}),
    (event("run", "TestA") + ended("skip", "TestA") + OK, {"m.TestA": SKIPPED}),
    (
        event("run", "TestA")
        + event("run", "TestA/b")
        + ended("fail", "TestA/b")
        + ended("fail", "TestA")
        + event("fail"),
        {"m.TestA": FAILED, "m.TestA/b": FAILED},
    ),
    # Ended while it ran: by a panic, or by syscall.Exit(0), which go takes for a pass of the package.
    (event("run", "TestA") + RED, {"m.TestA": FAILED}),
    (event("run", "TestA") + OK, {"m.TestA": FAILED}),
    (event("run", "TestA") + event("output", "TestA", "ok  \tm\t0.1s\n") + event("pass", "TestA"), {"m.TestA": FAILED}),
    (event("run", "TestA") + event("fail", "TestA"), {"m.TestA": FAILED}),
    # Before go 1.20: half a line printed by a test swallows the event of its end.
    (event("run", "TestA") + event("output", "TestA", "x--- PASS: TestA (0.00s)\n") + OK, {"m.TestA": PASSED}),
    (event("run", "TestA") + event("output", "TestA", "x--- PASS: TestB (0.00s)\n") + OK, {"m.TestA": FAILED}),
    # Failed outside of any test: TestMain, a data race, a package that does not compile.
    (RED, {"m": FAILED}),
    ("# m/a\na/a.go:2:1: syntax error\nFAIL\tm/a [build failed]\n" + OK, {"m/a": FAILED}),
    ("FAIL\tm/a [setup failed]\n" + OK, {"m/a": FAILED}),
    (
        '{"ImportPath":"m/a","Action":"build-output","Output":"a.go:2:1: syntax error\\n"}\n'
        + event("start", package="m/a")
        + event("fail", package="m/a"),
        {"m/a": FAILED},
    ),
    (event("output", output="?   \tm\t[no test files]\n") + event("skip"), {}),
)


@pytest.mark.parametrize(("text", "expected"), GO)
def test_go_events_become_cases(text: str, expected: dict[str, CaseStatus]) -> None:
    assert statuses(go_json.read(text)) == expected


def test_go_output_reads_as_without_events() -> None:
    text = (
        event("output", "TestA", "=== RUN   TestA\n")
        + event("output", "TestA", "chatter of a passed test\n")
        + ended("pass", "TestA")
        + event("output", "TestB", "=== RUN   TestB\n")
        + event("output", "TestB", "    a_test.go:4: bad 3\n")
        + event("output", "TestB", "--- FAIL: TestB (0.00s)\n")
        + event("fail", "TestB")
        + RED
    )
    report = go_json.read("# warning of the compiler\n" + text)

    assert report.output == (
        "# warning of the compiler\n=== RUN   TestB\n    a_test.go:4: bad 3\n--- FAIL: TestB (0.00s)\nFAIL\tm\t0.1s\n"
    )
    assert [case.words for case in report.cases] == ["", "a_test.go:4: bad 3"]


GO_UNREADABLE = (
    ("", "no package"),
    ("go: go.mod file not found\n", "no package"),
    (event("run", "TestA"), "how a package ended"),
    (OK + event("output", package="n"), "how a package ended: n"),
    (OK + '{"Action":"pa', "cut or mixed"),
    ('{"Package":"m"}\n' + OK, "no event"),
    ('{"a":' * 100_000, "cut or mixed"),
)


@pytest.mark.parametrize(("text", "problem"), GO_UNREADABLE)
def test_go_events_that_are_not_whole_show_nothing(text: str, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        go_json.read(text)


CARGO: Expected = (
    (EMPTY, {}),
    (LIB + listed("test tests::a ... ok", result="1 0 0"), {"src/lib.rs::my_crate::tests::a": PASSED}),
    (OUT + listed("test a ... FAILED", result="0 1 0"), {"tests/it.rs::a": FAILED}),
    (
        OUT + listed("test a ... ignored", "test b ... ignored, because", result="0 0 2"),
        {"tests/it.rs::a": SKIPPED, "tests/it.rs::b": SKIPPED},
    ),
    (OUT + listed("test a - should panic ... ok", result="1 0 0"), {"tests/it.rs::a": PASSED}),
    # The same program name in two packages of a workspace.
    (
        (OUT + listed("test a ... ok", result="1 0 0")) * 2,
        {"tests/it.rs::a": PASSED, "tests/it.rs #2::a": PASSED},
    ),
    # Snippets by item and place, whatever their lines.
    (
        DOC
        + listed(
            "test src/lib.rs - add (line 15) ... ignored",
            "test src/lib.rs - add (line 12) - compile fail ... ok",
            "test src/lib.rs - (line 1) ... ok",
            result="2 0 1",
        ),
        {
            "src/lib.rs::doc::my_crate": PASSED,
            "src/lib.rs::doc::my_crate::add": PASSED,
            "src/lib.rs::doc::my_crate::add #2": SKIPPED,
        },
    ),
    # Since edition 2024 snippets are compiled in two groups.
    (
        DOC
        + listed("test src/lib.rs - a (line 3) ... ok", result="1 0 0")
        + listed("test src/lib.rs - a (line 9) - compile fail ... ok", result="1 0 0")
        + "all doctests ran in 0.30s; merged doctests compilation took 0.17s\n",
        {"src/lib.rs::doc::my_crate::a": PASSED, "src/lib.rs::doc::my_crate::a #2": PASSED},
    ),
    (
        OUT + listed("test slow has been running for over 60 seconds", "test slow ... ok", count=1, result="1 0 0"),
        {"tests/it.rs::slow": PASSED},
    ),
)


@pytest.mark.parametrize(("text", "expected"), CARGO)
def test_cargo_sections_become_cases(text: str, expected: dict[str, CaseStatus]) -> None:
    assert {case.id: case.status for case in libtest.read(text)} == expected


def test_words_of_a_failure_are_those_of_its_test_without_thread_numbers() -> None:
    text = (
        OUT
        + "running 2 tests\ntest a ... FAILED\ntest b ... FAILED\n\nfailures:\n\n---- a stdout ----\n\n"
        + "thread 'a' (20145) panicked at src/lib.rs:3:5:\nleft: 3\n\n---- b stdout ----\nnote: test did not panic\n"
        + "test c ... ok\n\nfailures:\n    a\n    b\n\n"
        + "test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    a, b = libtest.read(text)

    assert a.words == "thread 'a' panicked at src/lib.rs:3:5:\nleft: 3"
    assert b.words == "note: test did not panic\ntest c ... ok"


CARGO_UNREADABLE = (
    ("", "no test program"),
    ("error: could not compile `x`\n", "no test program"),
    (listed("test a ... ok", result="1 0 0"), "without naming"),
    # process::exit(0) before, in and between tests.
    (LIB, "ended before its tests did"),
    (LIB + OUT + listed("test a ... ok", result="1 0 0"), "ended before its tests did: src/lib.rs"),
    (LIB + "running 2 tests\ntest a ... ok\n", "ended before its tests did"),
    (LIB + "running 2 tests\ntest a ... ok\n" + EMPTY, "ended before its tests did"),
    # Lines that the code under test printed.
    (OUT + listed("test fake ... ok", "test a ... ok", count=1, result="1 0 0"), "other tests than it counts"),
    (OUT + listed("test a ... ok", count=2, result="1 0 0"), "other tests than it counts"),
    (OUT + listed("test a ... ok", result="2 0 0"), "other tests than it counts"),
    (OUT + listed("test a ... FAILED", result="1 0 0"), "other tests than it counts"),
    (EMPTY + "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n", "twice"),
    (OUT + f"running {'9' * 5000} tests\n", "more tests than there can be"),
)


@pytest.mark.parametrize(("text", "problem"), CARGO_UNREADABLE)
def test_cargo_output_that_contradicts_itself_shows_nothing(text: str, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        libtest.read(text)


def test_an_excerpt_is_no_report() -> None:
    assert printed.whole(b"a\r\nb\xff") == "a\nb\ufffd"
    with pytest.raises(Unreadable, match="more than is kept"):
        printed.whole(b"a\n[... 12 bytes left out ...]\nb")

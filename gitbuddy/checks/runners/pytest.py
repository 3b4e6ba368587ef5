"""pytest: JUnit XML in its `xunit1` family, which names files, and negative controls in the same session."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

from gitbuddy.checks.reports import Report, junit, settled
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.runners import controls
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Case, Check, CompletedCommand

REPORT = "pytest.xml"
PLUGIN = "gitbuddy_pytest"
OPTIONS = (
    *("-o", "junit_family=xunit1", "-o", "junit_logging=no"),
    # All failures are told: one that was there before must not hide a new one.
    *("--maxfail=0", "--continue-on-collection-errors"),
)


def fits(check: Check) -> bool:
    named = check.runner == "pytest" or any(word.rpartition("/")[2] in ("pytest", "py.test") for word in check.command)
    return named and controls.importable(check.command)


def order(check: Check, folders: Folders) -> Order:
    plugin = controls.bring(folders.tools, PLUGIN)
    names, green = controls.names(), controls.green()
    return Order(
        command=(*check.command, "-p", plugin, *OPTIONS, *_places(folders.reports)),
        environment={"PYTHONPATH": str(folders.tools), "GITBUDDY_CONTROLS": " ".join([str(green), *names])},
        controls=frozenset(names),
        green=green,
    )


def _places(reports: Path) -> tuple[str, str, str]:
    # What failed last time is another candidate's business, and would make the worktree a warm one.
    return (f"--junitxml={reports / REPORT}", "-o", f"cache_dir={reports / 'cache'}")


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    cases = junit.read(read_file(folders.reports / REPORT), case_id)
    return Report(settled(_named(case, order.controls) for case in cases))


def case_id(element: Element) -> str:
    """pytest's own node id: `tests/test_x.py::TestY::test_z[1]`; for a file that cannot be collected, the file."""
    file, name, place = (element.get(key, "") for key in ("file", "name", "classname"))
    if not file:
        return f"{place}::{name}".strip(":")
    if not place:  # the file itself, which cannot be collected
        return file
    classes = place.removeprefix(file.removesuffix(".py").replace("/", ".")).strip(".")
    return "::".join([file, *classes.split("."), name] if classes else [file, name])


def _named(case: Case, names: frozenset[str]) -> Case:
    """A control stands in the report as a test of some module: its bare name is what it goes by here."""
    name = case.id.rpartition("::")[2]
    return Case(name, case.status, case.words) if name in names else case

"""Maven Surefire. Its reports lie in the worktree, among those of earlier runs, so ours carry a suffix of this run.

Tried with Surefire 3.2.5: the folder of the reports is no user property, the suffix is (`surefire.reportNameSuffix`),
and it also stands in the names of classes. A shell copies the reports out once Maven has ended, with Maven's exit code.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from gitbuddy.checks.reports import LARGEST, Report, Unreadable, junit, settled
from gitbuddy.checks.reports.files import files_in, read_file
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Case, Check, CompletedCommand

COLLECT = """\
reports=$1 suffix=$2
shift 2
"$@"
code=$?
number=0
find . -type f -path '*/surefire-reports/*' -name "TEST-*-$suffix.xml" | sort | while IFS= read -r file; do
  number=$((number + 1))
  cp -- "$file" "$reports/$number.xml"
done
exit $code
"""
_SUFFIX = re.compile(r"\(gitbuddy-[0-9a-f]+\)$")
_OTHERWISE = ("-DskipTests", "-Dmaven.test.skip", "-Dsurefire.reportNameSuffix")


def fits(check: Check) -> bool:
    words = check.command
    if words[0].rpartition("/")[2] not in ("mvn", "mvnw"):
        return False
    goals = {"test", "package", "verify", "install"}
    return not goals.isdisjoint(words) and not any(word.startswith(_OTHERWISE) for word in words)


def order(check: Check, folders: Folders) -> Order:
    suffix = f"gitbuddy-{secrets.token_hex(6)}"
    shell = ("sh", "-c", COLLECT, "sh", str(folders.reports), suffix)
    return Order((*shell, *check.command, f"-Dsurefire.reportNameSuffix={suffix}"))


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    found = files_in(folders.reports, ".xml")
    if not found:
        raise Unreadable("the test run left no report")
    return Report(settled(_cases(read_file(path) for path in found)))


def _cases(contents: Iterator[bytes]) -> Iterator[Case]:
    total = 0
    for data in contents:
        total += len(data)
        if total > LARGEST:
            raise Unreadable(f"the test reports are larger than {LARGEST} bytes together")
        yield from junit.read(data, case_id)


def case_id(element: Element) -> str:
    """Class and method: `org.example.CalcTest.adds`; for a class that cannot be set up, the class."""
    named, name = _SUFFIX.sub("", element.get("classname", "")), _SUFFIX.sub("", element.get("name", ""))
    return ".".join(part for part in (named, name) if part)

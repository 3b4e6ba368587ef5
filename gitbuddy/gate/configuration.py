"""The base's own test configuration: what a patch changes in it must not be what makes its tests pass.

The candidate is checked as it is; where it changes configuration of the tests, its other files are checked once more
under the configuration of the base.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from gitbuddy.core.evidence import Evidence, passed
from gitbuddy.core.guard import without
from gitbuddy.core.verdict import regressed
from gitbuddy.gate.bench import Bench, Tree
from gitbuddy.values import CaseStatus, CheckKind, CheckResult, Refused

NAMES = (
    *(
        "conftest.py",
        "pytest.ini",
        ".pytest.ini",
        "pytest.toml",
        "tox.ini",
        "setup.cfg",
        "pyproject.toml",
        "noxfile.py",
    ),
    *("sitecustomize.py", "usercustomize.py", "*.pth", ".coveragerc", "noxfile.py"),
    *("package.json", "jest.config.*", "vitest.config.*", "vitest.workspace.*", "vite.config.*", ".mocharc*"),
    *("karma.conf.*", "CTestConfig.cmake", "CTestCustom.cmake", ".cargo/config.toml", "nextest.toml"),
)


def is_configuration(path: str) -> bool:
    """Whether a file steers which tests run and what becomes of their results."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(name.lower(), pattern.lower()) or path == pattern for pattern in NAMES)


def objection(evidence: Evidence, bench: Bench, candidate: Tree) -> Refused | None:
    """What the tests say against a candidate under the base's configuration; None if nothing, or if it changes none."""
    changed = [path for path in evidence.patch.paths if is_configuration(path)]
    tests = [check for check in bench.checks if check.kind is CheckKind.TEST]
    if not changed or not tests or candidate.patch is None:
        return None
    rest = without(candidate.patch, changed)
    if rest is None:
        return _alone(evidence, changed)
    found = bench.again(Tree(f"{candidate.id} without {' '.join(changed)}", rest), tests)
    for result in found.results:
        if regressed(evidence.base.results, result) or _mends_less(evidence, result):
            words = f"{result.check.name} says otherwise under the base's own test configuration ({', '.join(changed)})"
            return Refused("checks", "configuration", words)
    return None


def _alone(evidence: Evidence, changed: list[str]) -> Refused | None:
    """Where nothing but configuration changes, nothing that failed can be mended."""
    if not (evidence.mended() or evidence.mended_tests()):
        return None
    words = f"only the configuration of the tests changes ({', '.join(changed)}), and that mends nothing"
    return Refused("checks", "configuration", words)


def _mends_less(evidence: Evidence, result: CheckResult) -> bool:
    """Whether tests that the candidate mends are not mended without its configuration."""
    if result.cases is None:
        return not passed(result) and any(mended.check == result.check for mended in evidence.mended())
    told = {name for after in evidence.candidate.results if after.check == result.check for name in _ids(after)}
    green = {case.id for case in result.cases if case.status is CaseStatus.PASSED}
    return any(name not in green for name in evidence.mended_tests() if name in told)


def _ids(result: CheckResult) -> tuple[str, ...]:
    return tuple(case.id for case in result.cases or ())

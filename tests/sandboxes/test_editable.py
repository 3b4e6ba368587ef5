"""Dependencies that lead into the checkout: refused where the worktree cannot stand in its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxed import make

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes.editable import refuse_strays
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.values import Limits, Mounts

pytest_plugins = ["confinement"]

FINDER = """from __future__ import annotations
import sys
MAPPING: dict[str, str] = {'pkg': '%s/src/pkg'}
NAMESPACES: dict[str, list[str]] = {}
PATH_PLACEHOLDER = '__editable__.pkg-1.0.finder' + ".__path_hook__"
"""


@pytest.fixture
def venv(mounts: Mounts) -> Path:
    """A virtual environment in the checkout, made by Python itself."""
    place = mounts.at / ".venv"
    subprocess.run([os.path.realpath(sys.executable), "-m", "venv", "--without-pip", place], check=True)
    return place


@pytest.fixture
def packages(venv: Path) -> Path:
    return next(venv.glob("lib/python3*/site-packages"))


def refused(mounts: Mounts) -> GitbuddyError:
    with pytest.raises(GitbuddyError) as caught:
        refuse_strays(mounts)
    assert "install bubblewrap" in caught.value.hint
    return caught.value


def test_a_pth_file_as_hatchling_writes_it(mounts: Mounts, venv: Path, packages: Path) -> None:
    (packages / "_pkg.pth").write_text(f"{mounts.at}/src")
    error = refused(replace(mounts, read_only=(venv,)))

    assert str(packages / "_pkg.pth") in error.message
    assert f"{mounts.at}/src" in error.message


def test_a_finder_as_setuptools_writes_it(mounts: Mounts, venv: Path, packages: Path) -> None:
    finder = packages / "__editable___pkg_1_0_finder.py"
    pth = "import __editable___pkg_1_0_finder; __editable___pkg_1_0_finder.install()"
    (packages / "__editable__.pkg-1.0.pth").write_text(pth)
    finder.write_text(FINDER % mounts.at)

    assert str(finder) in refused(replace(mounts, read_only=(venv,))).message


def test_the_note_that_every_installer_leaves(mounts: Mounts, venv: Path, packages: Path) -> None:
    note = packages / "pkg-1.0.dist-info" / "direct_url.json"
    note.parent.mkdir()
    url = (mounts.at / "my project").as_uri()
    note.write_text(json.dumps({"dir_info": {"editable": True}, "url": url}))

    assert str(note) in refused(replace(mounts, read_only=(venv,))).message


def test_packages_of_npm_that_are_links(mounts: Mounts) -> None:
    modules = mounts.at / "node_modules"
    (modules / "@scope").mkdir(parents=True)
    (mounts.at / "packages" / "one").mkdir(parents=True)
    (modules / "@scope" / "one").symlink_to("../../packages/one")

    assert str(modules / "@scope" / "one") in refused(replace(mounts, read_only=(modules,))).message


def harmless(mounts: Mounts, packages: Path, tmp_path: Path) -> None:
    (packages / "others.pth").write_text(f"# {mounts.at}\n\n{tmp_path}/elsewhere\nimport os; os\n../more\n")
    (packages / "__editable___x_finder.py").write_text("MAPPING = {'pkg': '/opt/elsewhere', 'none': ''}")
    for name, text in {
        "a": "{",
        "b": "[]",
        "c": json.dumps({"dir_info": {}, "url": mounts.at.as_uri()}),
        "d": json.dumps({"dir_info": {"editable": True}, "url": f"file://{tmp_path}/repository"}),
    }.items():
        (packages / f"{name}-1.dist-info").mkdir()
        (packages / f"{name}-1.dist-info" / "direct_url.json").write_text(text)
    modules = mounts.at / "node_modules"
    (modules / ".bin").mkdir(parents=True)
    (modules / "real").mkdir()
    (modules / "alias").symlink_to("real")


def test_what_leads_elsewhere_or_stays_inside_is_no_reason(
    mounts: Mounts, venv: Path, packages: Path, tmp_path: Path
) -> None:
    harmless(mounts, packages, tmp_path)

    refuse_strays(replace(mounts, read_only=(venv, mounts.at / "node_modules")))


def test_where_the_worktree_is_the_checkout_nothing_is_astray(mounts: Mounts, venv: Path, packages: Path) -> None:
    (packages / "_pkg.pth").write_text(f"{mounts.at}/src")

    refuse_strays(Mounts(mounts.at, mounts.at, (venv,)))


@pytest.mark.parametrize("name", ["plain", "landlock", "bubblewrap"])
def test_only_bubblewrap_runs_with_an_editable_install(
    name: str, toolchain: Toolchain, mounts: Mounts, venv: Path, packages: Path, require: Callable[[str], str]
) -> None:
    (packages / "_pkg.pth").write_text(f"{mounts.at}/src")
    sandbox, here = make(name, toolchain, require), replace(mounts, read_only=(venv,))
    script = ["python3", "-c", "import sys; print(any(place.endswith('/repo/src') for place in sys.path))"]
    (mounts.worktree / "src").mkdir()

    if name == "bubblewrap":
        assert sandbox.run(script, here, Limits(seconds=20), {}).output == b"True\n"
    else:
        with pytest.raises(GitbuddyError, match="cannot show the candidate"):
            sandbox.run(script, here, Limits(seconds=20), {})

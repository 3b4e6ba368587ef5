"""A job of kind `fix-lint` without a model: the project's own tools mend what may be changed, and that lands."""

from __future__ import annotations

from sample import Project

TIDY = ("run", "--kind", "fix-lint", "Tidy.")
FILES = {
    "pyproject.toml": "[tool.ruff]\nline-length = 100\n",
    ".buddy/config.toml": '[checks.ruff]\ncommand = ["ruff", "check", "--no-cache"]\nkind = "lint"\n'
    '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"]\nkind = "test"\n',
    "calc.py": "import os\n\n\ndef add(a, b):\n    return a + b\n",
    "test_calc.py": "import os\n\n\ndef test_nothing():\n    assert True\n",
    "unused.py": "import os\n",
}


def test_a_complaint_in_a_protected_file_keeps_nothing_else_from_landing(project: Project) -> None:
    project.repo.commit("untidy", files=FILES)

    ran = project.buddy(*TIDY)

    assert ran.code == 0, ran.err
    (branch,) = project.branches()
    assert project.repo.git("diff", "--name-only", "HEAD", branch).split() == ["calc.py"]
    assert "import os" not in project.content(branch)

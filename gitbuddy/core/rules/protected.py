"""Files that decide what a change has to prove, or that run on their own: tests, CI, hooks, lock files, configuration.

All names are compared without regard to case, as some disks do.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from gitbuddy.globs import matches


class Protection(StrEnum):
    """Why a file is protected, and so how a task has to name it."""

    LOCKED = "git, CI or gitbuddy configuration"
    """Only its literal path in the task opens it."""
    CONFIGURATION = "build, CI or agent configuration"
    TEST = "test"
    """Also open to tasks of kind `test`."""
    PROJECT = "listed under guard.protect"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LOCKED = _words("""
.buddy/** **/.git* .gitlab/** .gitea/** .forgejo/** .githooks/** .github/workflows/** .github/actions/**
""")

_CONFIGURATION = _words("""
conftest.py pyproject.toml setup.cfg setup.py tox.ini noxfile.py pytest.ini mypy.ini ruff.toml poetry.toml uv.toml
requirements*.txt requirements*.in constraints*.txt pipfile environment.yml environment.yaml manifest.in
sitecustomize.py usercustomize.py *.pth
*.lock package-lock.json npm-shrinkwrap.json pnpm-lock.yaml bun.lockb *.lockfile packages.lock.json package.resolved
package.json pnpm-workspace.yaml lerna.json nx.json turbo.json tsconfig*.json jsconfig*.json *.config.js *.config.cjs
*.config.mjs *.config.ts *.config.cts *.config.mts *.config.json karma.conf.* gulpfile.* gruntfile.* deno.json
deno.jsonc biome.json biome.jsonc bunfig.toml node_modules/
makefile gnumakefile *.mk cmakelists.txt *.cmake cmakepresets.json configure configure.ac *.am meson.build
meson_options.txt sconstruct sconscript wscript build build.bazel workspace workspace.bazel module.bazel *.bzl
conanfile.* vcpkg.json
cargo.toml build.rs rust-toolchain rust-toolchain.toml clippy.toml rustfmt.toml deny.toml
go.mod go.sum go.work go.work.sum vendor/modules.txt
pom.xml *.gradle *.gradle.kts gradle.properties gradlew gradlew.bat mvnw mvnw.cmd build.xml build.sbt gradle/wrapper/**
gemfile rakefile *.gemspec composer.json phpunit.xml phpunit.xml.dist mix.exs rebar.config
*.csproj *.fsproj *.vbproj *.vcxproj *.sln directory.build.props directory.build.targets *.targets nuget.config
global.json
dockerfile dockerfile.* *.dockerfile containerfile docker-compose*.yml docker-compose*.yaml compose.yml compose.yaml
vagrantfile justfile taskfile.yml taskfile.yaml procfile tiltfile flake.nix default.nix shell.nix
jenkinsfile* azure-pipelines*.yml appveyor.yml bitbucket-pipelines.yml cloudbuild.yaml cloudbuild.yml buildspec*.yml
codeowners agents.md agent.md claude.md gemini.md skill.md copilot-instructions.md
githooks/ git-hooks/ pre-commit pre-push pre-receive pre-rebase pre-merge-commit prepare-commit-msg commit-msg
post-checkout post-commit post-merge post-receive post-rewrite
.*
""")

_TEST_FOLDERS = _words("test tests __tests__ __mocks__ __snapshots__ testdata e2e unittests integrationtests")
_TEST_NAMES = _words("""
test_*.* *_test.* *_tests.* tests.py tests.rs conftest.py *.test.* *.tests.* *.spec.* *_spec.* *-test.* *-spec.*
*_unittest.* *.snap
""")
_TEST_CLASSES = tuple(
    f"{name}.{suffix}"
    for name in ("*Test", "*Tests", "*TestCase", "*[a-z0-9]IT", "*Spec", "Test[A-Z]*")
    for suffix in ("java", "kt", "scala", "groovy", "cs", "php", "swift", "cpp", "cc", "cxx", "mm")
)


def is_test_path(path: str) -> bool:
    """Whether a file is part of a project's tests, by the conventions of Python, JavaScript, Go, Rust, Java and C++."""
    *folders, name = path.split("/")
    if any(folder.lower() in _TEST_FOLDERS or folder.endswith(".Tests") for folder in folders):
        return True
    # Class names need their capitals: `Latest.java` is no test.
    return _listed(_TEST_NAMES, name.lower()) or _listed(_TEST_CLASSES, name)


def protection(path: str, protect: Iterable[str] = (), allow: Iterable[str] = ()) -> Protection | None:
    """Why a path (or a glob, read as a path) is protected; None for an ordinary file.

    `protect` and `allow` are the project's own globs: what it protects stays protected, what it allows is taken off
    the built-in list.
    """
    if _any(protect, path):
        return Protection.PROJECT
    if _any(allow, path):
        return None
    return _built_in(path)


def _built_in(path: str) -> Protection | None:
    low = path.lower()
    if _listed(_LOCKED, low):
        return Protection.LOCKED
    if _listed(_CONFIGURATION, low) or any(folder.startswith(".") for folder in low.split("/")[:-1]):
        return Protection.CONFIGURATION
    return Protection.TEST if is_test_path(path) else None


def _listed(patterns: Iterable[str], path: str) -> bool:
    """Like `_any`, but a bare name is that of a file, never of a folder: `build` is Bazel's, `build/` anybody's."""
    name = path.rsplit("/", 1)[-1]
    return any(matches(pattern, path) if "/" in pattern else fnmatchcase(name, pattern) for pattern in patterns)


def _any(patterns: Iterable[str], path: str) -> bool:
    return any(matches(pattern, path) for pattern in patterns)

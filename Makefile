# `make demo` and `make test` are all a newcomer needs; each makes .venv first.
.PHONY: install test check demo clean
PYTHON ?= python3
BIN := .venv/bin

install: .venv/installed

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: gitbuddy needs Python 3.11 or newer"; echo "hint: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "error: this Python cannot make virtual environments"; echo "hint: on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

check: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

test: check
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/test

demo: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/demo.py

clean:
	rm -rf .venv demo-project .mypy_cache .ruff_cache .pytest_cache

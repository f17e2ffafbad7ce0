# Everything is done by `samskap` (bot/cli.py); these are the shortcuts.
.PHONY: run test setup lint lock clean
samskap := .venv/bin/samskap

run: setup        ## set up what is missing and start the whole bot
	@$(samskap) run

test: setup       ## set up what is missing and run every check and test
	@$(MAKE) --no-print-directory lint
	@$(samskap) prepare
	@$(samskap) validate
	@.venv/bin/python -m pytest

setup:
	@TORCH=$(TORCH) tools/setup

lint: setup       ## style, types, imports
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

lock: setup       ## pin the dependencies anew, after a change in pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header --quiet \
	    --python-version 3.10 --output-file requirements.lock

clean:            ## remove everything that was built; knowledge, settings and data stay
	@rm -rf build .venv

# Two commands do everything: `make demo` and `make test`. Both create .venv from the lock file first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
REPORT := lang-audit-report
# Where this is set, every one of the many processes that the tests start compiles all of spaCy again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types unit slow fuzz lock samples docs clean

demo: $(READY)
	@$(BIN)/lang-audit appraise corpus_samples -o $(REPORT)
	@$(BIN)/lang-audit evaluate corpus_samples/gold.jsonl --show 3
	@echo "The report: $(CURDIR)/$(REPORT)/index.html"

test: lint types unit

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal

slow: $(READY) ## The tests that start clusters, kill runs or look at pages in a browser; CI runs them after `make test`.
	$(BIN)/pytest -n 2 --dist worksteal -m slow

fuzz: $(READY) ## Two thousand mutants of our samples, for a nightly run (`make test` audits two hundred).
	$(BIN)/python -m tests.fuzz.run --count 2000 --keep fuzz-findings

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("lang-audit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@rm -f $(VENV)/.ready-* && touch $@

lock: ## Resolve the newest versions that pyproject.toml allows, for every supported Python.
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-emit-index-url --generate-hashes --custom-compile-command "make lock" -o requirements.lock pyproject.toml

samples: $(READY) ## Write the fabricated sample papers again.
	$(BIN)/python corpus_samples/make_samples.py

docs: $(READY) ## Write the generated pages: docs/lexicon/ from the lexicon, docs/command-line.md from the commands' help.
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) $(REPORT) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

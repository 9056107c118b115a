# The two commands that matter: `make lab` and `make test`.  `make help` lists the rest.

PYTHON ?= python3
JOBS   ?= 2
DEBIAN ?= 12 13
EXTRAS := notebook,test
PY     := .venv/bin/python

NOTEBOOKS := $(wildcard notebooks/*.ipynb)
TESTS     := $(NOTEBOOKS) tests kvmviz docs README.md
# What draws: `make test-all` runs it once more with Graphviz, browsers and node hidden.
DRAWING   := tests/draw tests/docs tests/explorer tests/commands/test_draw.py tests/test_show.py kvmviz/draw kvmviz/explorer
# A file stays with one worker, as notebooks must; in the given order the long files come before the many short ones.
NBVAL     := --nbval --nbval-current-env --nbval-cell-timeout 120 --nbval-sanitize-with tests/nbval.cfg
PYTEST    := $(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(NBVAL)

.DEFAULT_GOAL := help
.PHONY: help venv lab test test-all marathon rounds fresh static js format mutants notebooks manual site lite bench bench-explorer constraints

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{ printf "%-20s %s\n", $$1, $$2 }'

venv: .venv/.ready ## make .venv with everything in it, .venv/bin/kvmviz included

# Compiled at once, so that the first start of anything is as quick as the next, also where Python may write nothing.
# Made again only when what it is made from has changed.  uv is about five times
# as fast as pip; where it has no build or fails, pip does the same.
.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: kvmviz needs Python 3.11 or newer; name one, as in: make PYTHON=python3.12 lab"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "make: this Python cannot make a .venv; install python3-venv (apt install python3-venv)"; exit 1; }
	@echo "make: setting up .venv (a minute or two, once)"
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt uv || echo "make: no uv here, going on with pip"
	@.venv/bin/uv pip install -q --python $(PY) -c constraints.txt -e '.[$(EXTRAS)]' \
	  || $(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@$(PY) -m compileall -qq -j 0 kvmviz .venv/lib 2>/dev/null || true
	@touch $@

lab: venv ## open JupyterLab on the notebooks (LAB='--no-browser --ip=0.0.0.0' gives it options)
	@.venv/bin/kvmviz lab $(if $(LAB),-- $(LAB))

test: static js ## what every change has to pass, in less than five minutes on two idle cores
	$(PYTEST) -m "not slow and not marathon" $(TESTS)

test-all: static js ## the same and the full spaces, long fuzz, browser marathons, bare Debians
	$(PYTEST) --hypothesis-profile=all -m "not marathon" $(TESTS)
	$(PY) -m tests.bare -q -n $(JOBS) --dist loadfile -m "not slow" $(DRAWING)
	@$(PYTHON) tests/fresh.py $(DEBIAN)

marathon: venv ## the longest runs, which test-all leaves out until they have been seen through
	$(PYTEST) --hypothesis-profile=all -m marathon $(TESTS)

fresh: ## the two commands in minimal Debians, as a newcomer runs them (needs root and debootstrap)
	@$(PYTHON) tests/fresh.py $(DEBIAN)

# Not in CI, which runs each notebook once: a cell whose output is not always the same shows in many rounds.
ROUNDS ?= 20
rounds: venv ## every notebook as a test, ROUNDS times; ends at the first round that is not green
	@for n in $$(seq $(ROUNDS)); do echo "round $$n of $(ROUNDS)"; $(PY) -m pytest -q $(NBVAL) $(NOTEBOOKS) || exit 1; done

# Not in CI: mutmut makes the mutants and runs them; of each room SAMPLE are drawn by SEED, which takes some minutes, for
# `c`, whose tests run a compiler, a quarter of an hour or more.
# A figure is honest on a seed that no test was written for.  `.venv/bin/mutmut show NAME` shows one of the last room.
ROOMS  ?= record compare draw explorer c
SAMPLE ?= 60
SEED   ?= 1
mutants: venv ## how many of a sample of small changes of ROOMS the tests of each room notice, and which they do not
	@.venv/bin/uv pip install -q --python $(PY) -c constraints.txt -e '.[mutants]'
	@for room in $(ROOMS); do \
	  $(PY) -P tests/mutants.py $$room --sample $(SAMPLE) --seed $(SEED) --children $(JOBS) || exit 1; done

static: venv ## what can be said without running anything: ruff, mypy
	.venv/bin/ruff check --quiet
	.venv/bin/mypy

# The front end's modules are checked and tested as they stand; nothing is built.  `make format` gives them their form.
JS := 'kvmviz/explorer/static/*.js' 'kvmviz/sphinx/static/*.js' 'tests/**/*.mjs'

ifneq ($(and $(shell command -v node),$(shell command -v npm)),)
js: node_modules/.ready ## the front end's form, types and tests, if node is there
	node_modules/.bin/prettier --check --log-level warn $(JS)
	node_modules/.bin/tsc
	$(if $(wildcard tests/js/*.test.mjs),node --test --test-reporter=dot tests/js/*.test.mjs)

format: node_modules/.ready ## the front end in the form that make js asks for
	node_modules/.bin/prettier --write --log-level warn $(JS)

node_modules/.ready: package.json
	@npm install --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@
else
js:
	@echo "make: no node and npm here, so the front end's types and unit tests are skipped (apt install nodejs npm)"
endif

notebooks: venv ## run every notebook and store what it shows
	$(PY) -m kvmviz.course.storing $(NOTEBOOKS)

manual: venv ## write docs/commands.md and the explorer's glossary anew from the tables that they come from
	$(PY) -m kvmviz.commands.manual_page > docs/commands.md
	$(PY) -m kvmviz.explorer.words > kvmviz/explorer/static/glossary.js

site: venv ## the course, the cases, the claims and the reference as a folder of pages: site/
	$(PY) -m docs

lite: venv ## the course with nothing installed, as a folder of static files: dist/lite/ (needs npm)
	$(PY) -m docs.lite

bench: venv ## what things cost, as ratios measured side by side (BENCH='--into README.md' stores them)
	$(PY) -m benchmarks $(BENCH)

bench-explorer: venv ## stepping and toggling in a real browser, beside the naive widget
	$(PY) -m benchmarks.explorer

constraints: venv ## pin the newest versions that go together (then run the tests)
	@sed -n '/^#/p' constraints.txt > constraints.new
	@printf 'hatchling\nuv\n' | .venv/bin/uv pip compile -q --universal --python-version 3.11 --all-extras \
	  --upgrade --no-annotate --no-header --no-emit-index-url pyproject.toml - >> constraints.new
	@mv constraints.new constraints.txt

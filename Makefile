# What a person types. Needs git, make and Python 3.11 or newer; everything else comes locked into .venv.
# `audit` needs Node.js, Java and Chromium besides, `bench` uses cc and Hugo where they are.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TOOLS := bench/audit/node_modules/.ready
DYNAMODB := tests/contract/node_modules/.ready
AWS := .venv-aws/.ready
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help setup demo test golden openapi bench audit soak dynamodb tools deploy lock clean

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 17

setup: $(READY) ## make .venv with everything locked
	@:

demo: setup ## play a year of the sample program, serve it here, print the addresses to open
	@$(BIN)/python build.py demo

test: setup ## style, types and every test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --strict
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup

golden: setup ## write the expected site of tests/golden anew, then look at what changed
	@$(BIN)/python -m tests.golden_site
	@git --no-pager diff --stat -- tests/golden || true

openapi: setup ## write docs/openapi.json, which says what the functions take and answer
	@$(BIN)/python -c 'import pathlib, passalong.openapi as it; pathlib.Path("docs/openapi.json").write_text(it.text(), "utf-8")'

bench: setup ## one line of JSON for each figure of the build, of requests, of the report, of functions' start
	@status=0; $(BIN)/python -m bench.bench $(BENCH) || status=1; \
		$(BIN)/python -m bench.requests $(REQUESTS) || status=1; \
		$(BIN)/python -m bench.report $(REPORTS) || status=1; \
		[ ! -e $(AWS) ] || $(BIN)/python -m bench.functions || status=1; exit $$status

audit: setup $(TOOLS) ## axe, Lighthouse and the W3C checker over one page of each kind
	@$(BIN)/python -m bench.audit.audit $(AUDIT)

soak: setup ## the long races and simulations
	@$(BIN)/python -m pytest -m soak

dynamodb: $(DYNAMODB) ## the stand-in for DynamoDB that the tests then use (Linux on x86-64)
	@:

tools: $(AWS) ## what checks the template, builds functions and runs them, for the tests: in .venv-aws
	@:

deploy: setup ## put it on AWS, or bring it up to date (DEPLOY="--help" lists the settings)
	@$(BIN)/python -m infra.aws.deploy $(DEPLOY)

# `sam build` asks for a function's package so, by its name in template.yaml.
build-%: setup
	@$(BIN)/python -m infra.aws.package $* "$(ARTIFACTS_DIR)"

lock: setup ## write the locked requirements anew (UPGRADE=--upgrade for newer versions)
	@$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.txt
	@$(LOCK) pyproject.toml --constraints requirements-dev.txt --output-file requirements.txt
	@$(LOCK) infra/aws/tools.in --output-file infra/aws/tools.txt

clean: ## take away what was built and installed
	@rm -rf .venv .venv-aws .aws-sam dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		bench/audit/node_modules tests/contract/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Passalong needs Python 3.11 or newer, and '$(PYTHON)' is none." \
			"With another one: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@[ -x $(BIN)/python ] || { echo "Setting up .venv (once, about a minute)"; $(PYTHON) -m venv .venv; } || { \
		rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

$(DYNAMODB): tests/contract/package-lock.json
	@command -v npm >/dev/null || { echo "make dynamodb needs Node.js with npm" >&2; exit 1; }
	@cd tests/contract && npm ci --silent --no-audit --no-fund
	@touch $@

$(AWS): infra/aws/tools.txt
	@for python in python3.13 "$$(pyenv prefix 3.13 2>/dev/null)/bin/python3.13" $(PYTHON); do \
		"$$python" -m venv --clear .venv-aws 2>/dev/null && exit; done; \
		echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1
	@[ -x .venv-aws/bin/python3.13 ] || echo "There is no Python 3.13, which the functions run on:" \
		"tests run them on another one, and leave out what SAM builds" >&2
	@.venv-aws/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement infra/aws/tools.txt
	@touch $@

$(TOOLS): bench/audit/package-lock.json
	@command -v npm >/dev/null || { echo "make audit needs Node.js with npm, Java and Chromium" >&2; exit 1; }
	@cd bench/audit && npm ci --silent --no-audit --no-fund
	@touch $@

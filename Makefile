.DEFAULT_GOAL := help
.PHONY: help run test fresh machine check demo-report pictures bench lock format

help: ## List these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

run: ## Set up, load the demo and serve it on http://127.0.0.1:8000/ (PORT=, DATABASE_URL=, DEMO=no)
	@scripts/run

test: ## Set up what tests need and run them in parallel
	@scripts/test

fresh: ## Try run and test on bare Debian machines, as root and not (RELEASES=, USERS=, COMMANDS=, TESTS=)
	@RELEASES="$(RELEASES)" USERS="$(USERS)" COMMANDS="$(COMMANDS)" TESTS="$(TESTS)" scripts/fresh

machine: ## Play 200 random lives of a finding against a model of the workflow
	@WORKFLOW_LIVES=200 WORKFLOW_STEPS=50 scripts/test tests/findings/workflow/test_workflow_machine.py

check: ## Lint, types, import directions, templates, migrations, deployment settings
	@scripts/check

demo-report: ## Make the demo report's PDF: pages, seconds, fonts used
	@scripts/demo-report

pictures: ## Take the pictures of README and docs from the demo (docs/pictures/pictures.toml lists them)
	@scripts/pictures

bench: ## Run the benchmarks, each against its bound
	@scripts/bench

format: ## Format the code and repair what ruff can repair
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

lock: ## Resolve the dependencies of pyproject.toml into the hashed locks (needs uv)
	@scripts/lock

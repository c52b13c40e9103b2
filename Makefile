# Everything a person needs: `make start` and `make test`. The rest is for those who change the code.
FOUNDATION ?= saas
BIN := target/release/ferrobase

.PHONY: start stop test bench build lint
start: build ## Set up what is missing and serve the foundation (FOUNDATION=saas) on port 54321
	@$(BIN) start --project foundations/$(FOUNDATION)

stop: ## Stop it, when it was started with --detach or left behind
	@$(BIN) stop --project foundations/$(FOUNDATION)

build:
	@cargo build --release --package ferrobase

test: ## All tests, with everything they need installed first
	@scripts/test.sh

bench: ## Load tests, as ratios against pgbench in the same run
	@bench/run.sh
	@python3 bench/foundations.py

lint: ## What CI also asks: format, clippy without warnings
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets -- -D warnings

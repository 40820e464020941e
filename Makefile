# What a person types. `make` lists it.
.DEFAULT_GOAL := help
.PHONY: help run dev build ui test e2e clients chaos mutation fmt lint schema bench clean setup

# A cache outside the checkout may be given; without it cargo uses target/.
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
FENFA := $(TARGET)/debug/fenfa
UI := admin-ui/dist/index.html
E2E = cd admin-ui && FENFA="$(abspath $(FENFA))" npm run --silent e2e

help:            ## List the commands
	@grep -E '^[a-z0-9]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: build       ## Build what is missing, then show real content going out to the channels, and keep serving
	$(FENFA) demo

dev: build       ## The fast loop: server and simulators with a database in data/, rebuilt at each call
	$(FENFA) demo --data data/demo

build: $(UI)
	$(CARGO) build --locked

ui: $(UI)

$(UI): $(shell find admin-ui/src admin-ui/index.html admin-ui/*.json admin-ui/*.ts -type f 2>/dev/null) schema/admin.graphql
	cd admin-ui && npm ci --no-audit --no-fund --prefer-offline && npm run build

setup:           ## Install what building and testing need from the system's packages
	sh tests/setup.sh

test: export PROPTEST_RNG_SEED ?= 20261126
test: setup $(UI) ## Everything: format, lints, unit, integration on both databases, crashes, schema, admin UI
	$(CARGO) fmt --all --check
	sh tests/mutation.sh --check
	$(CARGO) clippy --locked --workspace --all-targets --features crashpoints -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items --features crashpoints
	cd admin-ui && npm run lint && npm test
	$(CARGO) test --locked --workspace --features crashpoints --no-fail-fast
	$(E2E)

e2e: build       ## Walk through the admin UI in the system's browser
	$(E2E)

clients: build   ## Run widely used client libraries against the simulators (installs them from PyPI and npm: needs Python, Node and a network)
	sh tests/clients/run.sh "$(FENFA)" "$(TARGET)/clients"

chaos:           ## A thousand random courses of faults and deaths of workers; FENFA_CHAOS_SEED=7 runs one again
	$(CARGO) test --locked --features crashpoints --test it -- chaos::t22_a_thousand_seeds --exact --ignored --nocapture

mutation:        ## Take out one guard of the delivery engine after the other and see tests turn red
	sh tests/mutation.sh

schema:          ## Print the GraphQL schemas again
	$(CARGO) run --locked -q -- schema print

bench: $(UI)     ## Figures of this machine, as ratios within the run, and a tour through the admin UI of a full site
	$(CARGO) run --locked --release -q -- bench
	cd admin-ui && FENFA="$(abspath $(TARGET)/release/fenfa)" npm run --silent tour

fmt:             ## Format
	$(CARGO) fmt --all

clean:           ## Forget what was built
	rm -rf target admin-ui/dist admin-ui/node_modules

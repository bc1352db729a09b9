# Every command of the project. What a command needs it installs itself: by apt where it may,
# otherwise into .tools/, which git ignores. Only Rust and a C compiler are assumed.
.DEFAULT_GOAL := help
.PHONY: help run test check conformance assets schema bench torture fuzz deny fmt clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## build and start the server, with a demo in ./data on the first start
	@scripts/run.sh $(ARGS)

test: ## every test, on SQLite and on PostgreSQL (ARGS=name for some of them)
	@scripts/test.sh $(ARGS)

check: ## format, lints, documentation, schema files: the cheapest first
	@scripts/check.sh

conformance: ## the running server against GraphQL over HTTP, OpenAPI, feed readers and a browser
	@scripts/conformance.sh $(ARGS)

assets: ## bundle GraphiQL into assets/graphiql
	@scripts/assets.sh

schema: ## write schema.graphql, openapi/openapi.json and migrations/schema again
	@scripts/schema.sh

bench: ## the benchmarks
	@scripts/bench.sh $(ARGS)

torture: ## a server killed while it writes, 50 times on each engine (ARGS=200 for more)
	@scripts/torture.sh $(ARGS)

fuzz: ## every parser against arbitrary input, a minute each (ARGS="300 wxr": one of them, for longer)
	@scripts/fuzz.sh $(ARGS)

deny: ## licences, sources, dependency arrows and advisories of the dependencies
	@scripts/deny.sh

fmt: ## format the code
	cargo fmt --all

clean: ## remove what was built and the tools in .tools; ./data is left alone
	cargo clean
	rm -rf .tools assets/graphiql

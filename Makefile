.DEFAULT_GOAL := help
.PHONY: help test lint

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

lint: ## Formatting and clippy, warnings denied; the core compiles alone
	cargo fmt --check
	cargo clippy --locked --lib --tests --no-default-features -- -D warnings
	cargo clippy --locked --all-targets --features server -- -D warnings

test: lint ## Everything that is checked: core, properties, golden formats, and the endpoint over real HTTP
	cargo test --locked --features server

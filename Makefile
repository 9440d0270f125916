.DEFAULT_GOAL := help
.PHONY: help test lint

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

lint: ## Formatting and clippy, warnings denied
	cargo fmt --check
	cargo clippy --locked --lib --tests --no-default-features -- -D warnings

test: lint ## Everything that is checked
	cargo test --locked --lib --no-default-features

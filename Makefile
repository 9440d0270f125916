SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run dev test test-slow test-shifted lint fuzz size bench bench-city screenshots build server test-postgres

# Every recipe that compiles or tests first finds the tools (.ci/env); .ci/setup has installed them.
TOOLS := . .ci/env &&
# What the app is made of: all but the endpoint and the readers of tables, which only the endpoint has.
APP_SOURCES := Cargo.toml Cargo.lock index.html .ci/seal-app.mjs \
	$(shell find src derive style public -type f -not -path 'src/server/*' -not -path 'src/authoring/*' -not -path 'src/sheets/*')

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## Set up, build, and start on 127.0.0.1:8080 with the demonstration roster and a ready activation link
	@.ci/demo

dev: ## The same while writing: http://127.0.0.1:8081 reloads the app, the endpoint restarts, on every change
	@.ci/setup app
	@$(TOOLS) cargo fetch --quiet --locked
	@$(TOOLS) for_wasm node .ci/dev.mjs

test: lint dist/index.html ## Everything that is checked: core, properties, golden formats, endpoint, and the app in Chromium
	@.ci/setup tests
	@$(TOOLS) node .ci/size.mjs --budget
	cargo test --locked --features server,paper
	@if .ci/postgres --is-here; then $(MAKE) --no-print-directory test-postgres; \
		else echo '*** So the stories of the endpoint and of the command line were told on SQLite alone.' >&2; fi
	@$(TOOLS) cd tests/browser && CHROMIUM=$$(find_chromium) npx playwright test --project=stories

# Part of make test: the same stories, each on an empty PostgreSQL database of its own.
test-postgres:
	.ci/postgres bash -c 'cargo test --locked --features server,paper --lib server:: && \
		cargo test --locked --features server,paper --test server --test cli'

test-slow: dist/index.html ## What takes long, once before a release: LibreOffice, Chromium 80, WebKitGTK, make fuzz, Schemathesis, make test-shifted
	@.ci/setup slow
	BIAOCHI_LIBREOFFICE=1 cargo test --locked --features server --test cli libreoffice -- --include-ignored
	cargo build --locked --features server --bin biaochi
	@$(TOOLS) cd tests/browser && npx playwright test --project=slow
	$(MAKE) fuzz
	.ci/schemathesis
	$(MAKE) test-shifted

# A day in the middle of another half-year, and the one that most years do not have. Tests are run with the machine's clock moved
# there, stories are played on that day.
DAYS := 2027-03-15 2028-02-29

test-shifted: dist/index.html ## The tests and stories once on each of other days: 2027-03-15 and 2028-02-29
	@.ci/setup tests
	@.ci/setup days
	cargo test --locked --features server,paper --no-run
	@for day in $(DAYS); do \
		echo "on $$day" && .ci/on-day $$day cargo test --quiet --locked --features server,paper && \
		(. .ci/env && cd tests/browser && BIAOCHI_STORY_DAY=$$day CHROMIUM=$$(find_chromium) npx playwright test --project=stories) \
		|| exit; done

lint: ## Formatting, clippy for core, endpoint and app, shell scripts, and the dependencies' licences; warnings denied
	@.ci/setup lint
	cargo fmt --check
	cargo clippy --locked --lib --tests --no-default-features -- -D warnings
	cargo clippy --locked --all-targets --features server,paper -- -D warnings
	@$(TOOLS) for_wasm cargo clippy --locked --lib --bin biaochi-app --bin biaochi-paper --features web,paper --target wasm32-unknown-unknown -- -D warnings
	@$(TOOLS) cargo-deny --log-level warn --config .deny.toml check bans licenses sources
	@if command -v shellcheck >/dev/null; then shellcheck -x $$(grep -lE '^#!.*bash' .ci/*); fi

fuzz: ## Damage standards, rosters, findings and reviews for five minutes (BIAOCHI_FUZZ_SECONDS=… for longer): the reader copes
	BIAOCHI_FUZZ_SECONDS=$${BIAOCHI_FUZZ_SECONDS:-300} cargo test --locked --features server --lib fuzz_tests -- --nocapture

size: dist/index.html ## What the app weighs, by folder, kind and family of functions; AGAINST=FILE (an earlier target/size.json) shows the difference
	@$(TOOLS) node .ci/size.mjs $(if $(AGAINST),--against $(AGAINST))

bench: build ## Measure: first visit, reopening and saving at 6x CPU slowdown; submissions a second, the endpoint's memory
	@.ci/setup tests
	cargo bench --locked --features server --bench submissions
	@$(TOOLS) cd tests/browser && CHROMIUM=$$(find_chromium) BIAOCHI=../../target/release/biaochi npx playwright test --project=bench

bench-city: ## Measure the upper level's commands over a city of 6,767 branches with 15,000 findings, and beside their budgets
	cargo bench --locked --features server --bench city
	@if .ci/postgres --is-here; then .ci/postgres cargo bench --locked --features server --bench city; fi

screenshots: build ## Photograph every page at 360x780 into tests/browser/screenshots
	@.ci/setup tests
	@$(TOOLS) cd tests/browser && CHROMIUM=$$(find_chromium) BIAOCHI=../../target/release/biaochi npx playwright test --project=screenshots

build: dist/index.html server ## Build the app into dist/ and the endpoint into target/release/biaochi

server:
	@.ci/setup app
	cargo build --locked --release --features server --bin biaochi

dist/index.html: $(APP_SOURCES)
	@.ci/setup app
	@$(TOOLS) fetch_for_app
	@$(TOOLS) for_app trunk build --skip-version-check --offline true --locked true --release
	@touch $@

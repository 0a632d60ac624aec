# RingQL. `make run` serves the gateway, `make test` checks everything; `make help` lists the rest.

SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Paths out of the binaries: builds of two checkouts share one cache.
export GOFLAGS := -trimpath $(filter-out -trimpath,$(GOFLAGS))
export GOTOOLCHAIN ?= auto

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN     := $(CURDIR)/bin
CACHE   ?= $(HOME)/.cache/ringql

GOLANGCI_LINT_VERSION := v2.15.0
GOLANGCI_LINT         := $(CACHE)/golangci-lint-$(GOLANGCI_LINT_VERSION)

LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: build ## serve GraphQL at http://127.0.0.1:8080, in front of a simulated RingCentral unless one is set
	@exec $(BIN)/ringql

.PHONY: build
build: ## build bin/ringql, static, with its version
	@CGO_ENABLED=0 go build -ldflags '$(LDFLAGS)' -o $(BIN)/ringql .

.PHONY: test
test: tools vet lint fresh unit clients browser clean-clone ## check everything: vet, lint, generated code, tests with -race, client libraries and audits, the page in a browser, the README from a clean clone

.PHONY: unit
unit: ## run the tests, with the race detector
	go test -race -timeout 10m ./...

.PHONY: clients
clients: ## use client libraries, and the audits of GraphQL over HTTP, against the gateway (Node.js 20)
	@test/clients/run.sh

.PHONY: browser
browser: ## use the page in a real browser
	@test/browser/run.sh

.PHONY: vet
vet: ## go vet
	go vet ./...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## golangci-lint
	$(GOLANGCI_LINT) run ./...

.PHONY: generate
generate: ## generate code from the schema
	go generate ./...

.PHONY: page
page: ## rebuild the page's script and styles (Node.js 20)
	@internal/gateway/page/src/build.sh

.PHONY: fresh
fresh: ## fail when generated code or go.mod is not what it would be now
	@test/fresh.sh

.PHONY: clean-clone
clean-clone: ## try the README's commands in a copy of what is committed or about to be
	@test/clean-clone.sh

.PHONY: update
update: ## rewrite golden files, docs/matrix.md and the answers in docs/budget.md; read the diff
	go test ./internal/gateway ./graph -run '^TestGolden$$|^TestMatrix$$|Snapshot|Coverage' -update

.PHONY: bench
bench: ## print what an account and a crowd cost upstream, and time the gateway beside a hand-written handler, as ratios
	go test -run . -count 1 -timeout 10m -v ./bench -full
	go test -run '^$$' -bench . -benchmem -benchtime 2s ./internal/gateway ./internal/rest ./internal/paging ./internal/limit ./internal/admission
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m -v ./test/overload

.PHONY: fuzz
fuzz: ## fuzz every parser of outside input for FUZZTIME each (1m)
	@test/fuzz.sh $(or $(FUZZTIME),1m)

.PHONY: soak
soak: ## play SOAK (20) scripts of faults, and kill three gateways and their Redis while things happen as often
	go test -run '^TestFaults$$' -count 1 -timeout 60m -v ./internal/notify -soak $(or $(SOAK),20)
	go test -run TestReplicaKilled -count 1 -timeout 60m -v ./test/replicas -soak $(or $(SOAK),20)

.PHONY: tools
tools: $(GOLANGCI_LINT)
	@test/tools.sh

$(GOLANGCI_LINT):
	@echo 'installing golangci-lint $(GOLANGCI_LINT_VERSION)'
	@mkdir -p $(CACHE)
	@tmp=$$(mktemp -d) && GOFLAGS= GOBIN=$$tmp go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION) && mv $$tmp/golangci-lint $@ && rmdir $$tmp

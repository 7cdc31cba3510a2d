# Needs: make, git, Node with npm (20 or newer). Everything runs through "npm run", which puts the pinned Node of
# package-lock.json first on PATH.

INSTALLED := node_modules/.installed
export AUTO YES CI

ARCH ?= all

.DEFAULT_GOAL := help
.PHONY: help install demo soak test check package clean

help: ## say what can be done
	@echo 'make <what>:'
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r what text; do printf '  %-10s %s\n' "$$what" "$$text"; done

install: $(INSTALLED) ## install what package-lock.json names; nothing when that is done already

$(INSTALLED): package-lock.json
	@sh scripts/install.sh
	@touch $@

demo: $(INSTALLED) ## an account, a board and a card on this machine; AUTO=1 approves by itself and ends
	@npm run -s demo

test: $(INSTALLED) ## all checks and all tests; YES=1 installs the Debian packages they need without asking
	@npm run -s debian
	@npm run -s check -- --no-tests
	@npm run -s test -- --again

soak: $(INSTALLED) ## every scenario on a real kernel, every kill point of the outbox, power cuts at every flush, every hostile broker, every fault of the network, patches cut short at every system call, a drain with servers killed, an import cut short at every step of its Ewon, an account server killed 400 times (hours); needs the packages of make test
	@npm run -s soak
	@AGREEMENT_IMAGES=all npm run -s test -- volume/agreement
	@FORMAT_CASES=10000 npm run -s test -- firmware-bridge/src/core
	@OUTBOX_POINTS=all npm run -s test -- outbox-sqlite.integration
	@POWER_LOSS=all npm run -s test -- power-loss-qemu
	@PATCH_CUTS=all npm run -s test -- patch-power-loss
	@MOVE_CUTS=all npm run -s test -- e2e/test/move-cut
	@KILLS=all npm run -s test -- e2e/test/kill.
	@ACCOUNT_KILLS=all npm run -s test -- e2e/test/account-kill
	@HOSTILE=all npm run -s test -- hostile-memory
	@WAN_FAULTS=all npm run -s test -- wan-network
	@CONSOLE=all npm run -s test -- console-serial
	@TUF_POINTS=all npm run -s test -- adapters/tuf-
	@FIRMWARE_POINTS=all npm run -s test -- e2e/test/firmware
	@SWITCH_POINTS=all npm run -s test -- switch-points
	@SERVERS_DEVICES=20 SERVERS_MESSAGES=500 npm run -s test -- siblings/servers

check: $(INSTALLED) ## types, lint, imports, documents and unit tests; a few minutes
	@npm run -s check

package: $(INSTALLED) ## Debian packages into out/package; ARCH=amd64 or ARCH=arm64 for one of them
	@npm run -s package -- --arch $(ARCH)

clean: ## remove what was built (not node_modules)
	rm -rf out dist artefacts */dist */out

# SPDX-License-Identifier: MIT
# Two commands for people in a hurry; everything else is Meson's (see README.md).
BUILD ?= build
PREFIX ?= /usr/local

.PHONY: all deps demo test test-kernel bench install clean

# a part that a build had to do without is in the next one, once what it wants is there;
# wiped, as Meson remembers which headers there are not
all: deps
	@lacking=$$(ci/deps.sh --lacking); \
	if ! test -f "$(BUILD)/build.ninja"; then \
		meson setup "$(BUILD)" --prefix "$(PREFIX)"; \
	elif test "$$lacking" != "$$(cat "$(BUILD)/lacking" 2>/dev/null)"; then \
		meson setup --wipe "$(BUILD)"; \
	fi && echo "$$lacking" >"$(BUILD)/lacking"
	@ninja -C "$(BUILD)"

deps:
	@ci/deps.sh

demo: all
	@ci/demo.sh "$(BUILD)"

# what was skipped and why, and what failed, is the last word; tests wait more than they work
test: all
	@status=0; \
	meson test -C "$(BUILD)" --no-rebuild --print-errorlogs --num-processes $$(($$(nproc) + 1)) || status=$$?; \
	grep -a '^skipped: ' "$(BUILD)/meson-logs/testlog.txt" | sort -u; \
	grep -aE '^(FAILED: |\[  (FAILED|ERROR )  \] [^0-9])' "$(BUILD)/meson-logs/testlog.txt"; \
	exit $$status

test-kernel: all
	@status=0; \
	meson test -C "$(BUILD)" --no-rebuild --print-errorlogs --setup kernel --suite kernel || status=$$?; \
	grep -aE '^(skipped|FAILED): ' "$(BUILD)/meson-logs/testlog-kernel.txt" | sort -u; \
	exit $$status

# one who answers without doing it ends latency.sh with 1, and is no reason not to go on
bench: all
	@mkdir -p "$(BUILD)/bench/plain" "$(BUILD)/bench/node"
	-@tests/bench/latency.sh "$(BUILD)" --plain --out "$(BUILD)/bench/plain"
	@tests/bench/pictures.sh "$(BUILD)/bench/plain"
	@echo
	-@tests/bench/latency.sh "$(BUILD)" --rounds 20 --out "$(BUILD)/bench/node"
	@echo
	@tests/bench/starts.sh "$(BUILD)" "$(BUILD)/bench"
	@tests/bench/simulator.sh "$(BUILD)"
	@echo
	@tests/bench/marks.sh "$(BUILD)"
	@echo
	@tests/bench/scrape.sh "$(BUILD)"
	@echo
	@"$(BUILD)/tests/bench/traces" fixtures/documented/xeon-e5-2680-2x1

# a PREFIX that is asked for now counts, whatever the build folder was set up for
install: all
	@test "$(origin PREFIX)" = file || meson configure "$(BUILD)" --prefix "$(PREFIX)"
	@ninja -C "$(BUILD)"
	meson install -C "$(BUILD)" --no-rebuild

clean:
	rm -rf "$(BUILD)"

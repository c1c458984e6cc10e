# SPDX-License-Identifier: MIT
# Two commands for people in a hurry; everything else is Meson's (see README.md).
BUILD ?= build
PREFIX ?= /usr/local

.PHONY: all deps demo test bench install clean

all: deps
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --prefix $(PREFIX)
	@ninja -C $(BUILD)

deps:
	@ci/deps.sh

demo: all
	@ci/demo.sh $(BUILD)

test: all
	@meson test -C $(BUILD) --no-rebuild --print-errorlogs

bench: all
	@tests/bench/latency.sh $(BUILD)

install: all
	meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD)

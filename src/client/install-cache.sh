#!/bin/sh
# SPDX-License-Identifier: MIT
# Lets the dynamic linker know of the library that root has installed.
[ -n "${DESTDIR:-}" ] || [ "$(id -u)" != 0 ] || ldconfig

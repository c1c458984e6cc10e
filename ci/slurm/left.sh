#!/bin/sh
# SPDX-License-Identifier: MIT
# Leaves a node as no job should: counters that count, boxes that are frozen, prefetchers off, no turbo.
set -e
msrctl write -c all IA32_PERFEVTSEL0 0x4300c0 >/dev/null
msrctl write -c all IA32_FIXED_CTR_CTRL 0x333 >/dev/null
msrctl write -u imc0-3 0xd8 0x400304 >/dev/null
msrctl write -u imc0-3 0xf4 0x10100 >/dev/null
msrctl write -c all MSR_MISC_FEATURE_CONTROL 0xf >/dev/null
msrctl write -c all IA32_MISC_ENABLE 0x4000850089 >/dev/null

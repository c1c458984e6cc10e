#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file is as clang-format would have it. Version 14: others lay out the same .clang-format
# in another way. To put it right: clang-format-14 -i FILE
set -eu
cd "$(dirname "$0")/.."

format=$(command -v clang-format-14 || command -v clang-format) ||
	{ echo "neither clang-format-14 nor clang-format is installed"; exit 1; }
"$format" --version | grep -q ' version 14\.' ||
	{ echo "$("$format" --version): version 14 is wanted"; exit 1; }

n=$(git ls-files '*.c' '*.h' | wc -l)
[ "$n" -gt 0 ] || { echo "no C files: is this a checkout?"; exit 1; }
git ls-files -z '*.c' '*.h' | xargs -0 "$format" --dry-run -Werror
echo "ok: $n files"

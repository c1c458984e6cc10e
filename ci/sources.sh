#!/bin/sh
# SPDX-License-Identifier: MIT
# The project's sources as they are here, changes included, in a new FOLDER: what git has and
# would take.
# usage: sources.sh FOLDER
set -eu
folder=$(realpath -m "$1")
cd "$(dirname "$0")/.."
mkdir -p "$folder"
# a file that git has and this folder has not was removed
git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
	xargs -0 sh -c 'for file; do [ ! -e "$file" ] && [ ! -L "$file" ] || printf "%s\0" "$file"; done' sh |
	tar -c --null -T - | tar -x -C "$folder"

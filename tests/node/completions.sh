#!/bin/sh
# SPDX-License-Identifier: MIT
# Shells really complete command lines of msrctl, on the simulated node, as its CPU model decides
# which events there are.
# usage: completions.sh FUSE-MSR MSRCTL FIXTURE PFM

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrctl=$2 fixture=$3 pfm=$4
completes=$(dirname "$0")/completes.py

need_node
need python3
mkdir "$work/bin"
ln -s "$(realpath "$msrctl")" "$work/bin/msrctl"
PATH=$work/bin:$PATH
for shell in bash zsh fish; do
	"$msrctl" completions $shell >"$work/$shell"
	check "there are completions for $shell" [ -s "$work/$shell" ]
done
check "there are none for another shell" sh -c '! "$0" completions tcsh 2>/dev/null' "$msrctl"

# completes SHELL LINE TEXT: a TAB behind the line brings the text
completes() {
	python3 "$completes" "$work/$1" "$@" "$fuse_msr" run "$fixture" --
}
# completes_to SHELL LINE TEXT
completes_to() {
	case $1 in
	fish) "$fuse_msr" run "$fixture" -- fish --no-config -c "source $work/fish; complete -C '$2'" |
		cut -f1 | grep -qxF -- "$4" ;;
	*) completes "$1" "$2" "$3" ;;
	esac
}

for shell in bash zsh fish; do
	command -v $shell >/dev/null || { leave_out $shell "$shell is not installed"; continue; }
	check "$shell completes commands" completes_to $shell "msrctl comp" letions completions
	check "$shell completes registers" completes_to $shell "msrctl read -c 0 IA32_FIXED_CTR_C" TRL IA32_FIXED_CTR_CTRL
	check "$shell completes options of a command" completes_to $shell "msrctl write --dry" -run --dry-run
	check "$shell completes options of every command" completes_to $shell "msrctl reset --dir" ect --direct
	check "$shell completes arguments of options" completes_to $shell "msrctl list -S qpi-mi" sc qpi-misc
	check "$shell completes parts of policy" completes_to $shell "msrctl policy comp" ile compile
	check "$shell completes groups" completes_to $shell "msrctl groups memo" ry memory
	: >"$work/a-file-of-ours"
	check "$shell completes files" completes_to $shell "msrctl restore $work/a-file-o" f-ours "$work/a-file-of-ours"
	[ "$pfm" = no ] ||
		check "$shell completes events" completes_to $shell "msrctl stat -e UNC_M_CAS_COUNT:R" D UNC_M_CAS_COUNT:RD
done

finish

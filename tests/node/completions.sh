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

# What is completed, a line to begin, and what it goes on with.
: >"$work/a-file-of-ours"
cat >"$work/lines" <<END
completes commands|msrctl comp|letions
completes registers|msrctl read -c 0 IA32_FIXED_CTR_C|TRL
completes options of a command|msrctl write --dry|-run
completes options of every command|msrctl reset --dir|ect
completes arguments of options|msrctl list -S qpi-mi|sc
completes parts of policy|msrctl policy comp|ile
completes parts of lock|msrctl lock rel|ease
completes groups|msrctl groups memo|ry
completes files|msrctl restore $work/a-file-o|f-ours
END
[ "$pfm" = no ] || echo "completes events|msrctl stat -e UNC_M_CAS_COUNT:R|D" >>"$work/lines"

for shell in bash zsh; do
	command -v $shell >/dev/null || { leave_out $shell "$shell is not installed"; continue; }
	check "$shell completes at a terminal" \
		python3 "$completes" "$work/$shell" $shell "$fuse_msr" run "$fixture" -- <"$work/lines"
done

# fish says itself what it would complete
fish_completes() {
	"$fuse_msr" run "$fixture" -- fish --no-config -c "source $work/fish; complete -C '$1'" >"$work/all" 2>"$work/err" &&
		cut -f1 <"$work/all" | grep -qF -- "${1##* }$2" && [ ! -s "$work/err" ]
}
if command -v fish >/dev/null; then
	while IFS="|" read -r sentence line text; do
		check "fish $sentence" fish_completes "$line" "$text" </dev/null
	done <"$work/lines"
else
	leave_out fish "fish is not installed"
fi

finish

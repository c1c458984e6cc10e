#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests with LIKWID's tools on a host that can't make CPUID fault, has no PMU and is no Intel
# one: fuse-msr patches the instruction, and they run there too, in short (whole with
# MSRD_TESTS_WHOLE=1); built without a decoder, they say what is missing. This host plays it.
# usage: amd-host.sh AMD-HOST-LIBRARY FUSE-MSR MSRD MSRCTL RATES REGION RECORDER FIXTURES MAN-PAGE

private_tmp=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/likwid.sh"
library=$(realpath "$1") fuse_msr=$2 msrd=$3 msrctl=$4 rates=$5 region=$6 recorder=$7
fixtures=$8 manual=$9
fixture=$fixtures/xeon-e5-2680-2x1
tests=$(dirname "$0")

need_likwid
grep -q '^flags.* cpuid_fault' /proc/cpuinfo ||
	skip_as cpuid "this host can't make CPUID fault, so it can't answer as another one"

# Also into what is started without an environment, and into what has privileges. Files that only
# root may read stay behind.
cp -r /etc "$work/etc" 2>/dev/null
echo "$library" >"$work/etc/ld.so.preload"
sed 's/^vendor_id.*/vendor_id\t: AuthenticAMD/; s/^cpu family.*/cpu family\t: 25/; s/ cpuid_fault//' \
	/proc/cpuinfo >"$work/cpuinfo"
chmod 755 "$work"
chmod -R go+rX "$work/etc"

# elsewhere NAME ARGUMENT…: that test, on the other host
elsewhere() {
	name=$1
	shift
	set -- sh -c 'mount --bind "$1/etc" /etc && mount --bind "$1/cpuinfo" /proc/cpuinfo && shift &&
		exec "$@"' - "$work" $drop_privileges env MSRD_TESTS_MUST_RUN=1 \
		MSRD_TESTS_ONE_USER=1 MSRD_TESTS_SHORT=$short sh "$tests/$name.sh" "$@"
	# shellcheck disable=SC2086
	unshare $namespace --mount "$@" >"$work/$name" 2>&1
}

# an ordinary user mounts with what a namespace gives him, and gives it back
namespace= drop_privileges=
[ "$(id -u)" = 0 ] || {
	namespace="--user --map-current-user --keep-caps"
	drop_privileges="setpriv --inh-caps=-all --ambient-caps=-all"
}

# is_skipped TEST ARGUMENT…: by name, though tests must run
is_skipped() {
	elsewhere "$@"
	[ $? = 77 ] && grep -q '^skipped: cpuid: ' "$work/$1" || { cat "$work/$1"; false; }
}

runs() {
	elsewhere "$@" || { cat "$work/$1"; false; }
}

short=1
[ "${MSRD_TESTS_WHOLE:-0}" = 0 ] || short=0
# without a decoder nothing is patched
if has_decoder; then
	likwids=runs word="run"
else
	likwids=is_skipped word="are skipped by name"
fi

check "groups $word" \
	$likwids likwid-groups "$fuse_msr" "$msrd" "$rates" "$region" "$fixture"
if [ $likwids = is_skipped ] || [ $short = 0 ]; then
	check "perfctr's modes $word" $likwids likwid-perfctr "$fuse_msr" "$msrd" "$rates" "$fixtures"
	check "registers $word" \
		$likwids likwid-registers "$fuse_msr" "$msrd" "$msrctl" "$recorder" "$fixture" "$manual"
fi
check "the other tools run" runs likwid-tools "$fuse_msr" "$msrd" "$msrctl" "$fixture"
if [ $likwids = is_skipped ]; then
	check "... on what LIKWID takes for an AMD processor" \
		grep -q "nothing but AMD's registers was refused" "$work/likwid-tools"
fi

finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# The daemon as it is built by default and for a release has what distributions harden their
# programs with: read from the program itself. First a program without any of it is shown to the
# check, which has to miss everything.
# usage: check-hardening.sh [MSRD]
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

cc=${CC:-cc}
echo 'int main(void) { return 0; }' >"$work/empty.c"

# The linker gives a program the CET note when every file in it has it, the C library's too.
$cc -fcf-protection "$work/empty.c" -o "$work/cet" 2>/dev/null || :
cet=no
! readelf -nW "$work/cet" 2>/dev/null | grep -q 'IBT.*SHSTK' || cet=yes
fortify=$(printf '#include <features.h>\nfortify __USE_FORTIFY_LEVEL\n' |
	$cc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -E -P - 2>/dev/null | sed -n 's/^fortify //p')

# misses PROGRAM: what it lacks, a line each
misses() {
	readelf -hldWs "$1" >"$work/elf"
	grep -q 'Type: *DYN (Position-Independent' "$work/elf" || echo "PIE"
	grep -q 'GNU_RELRO' "$work/elf" || echo "-z relro"
	grep -q 'BIND_NOW' "$work/elf" || echo "-z now"
	grep -q 'GNU_STACK .* RW ' "$work/elf" || echo "-z noexecstack"
	! grep -q 'LOAD .* RWE ' "$work/elf" || echo "a segment is writable and executable"
	! grep -q 'TEXTREL\|RPATH\|RUNPATH' "$work/elf" || echo "no TEXTREL, RPATH, RUNPATH"
	# called by the program, whose C library may be in it (and calls them itself)
	objdump -d --no-show-raw-insn --disassemble=rendezvous_accept "$1" | grep -q 'call.*<__stack_chk_fail' ||
		echo "-fstack-protector-strong"
	objdump -d --no-show-raw-insn --disassemble=rendezvous_open "$1" | grep -q 'call.*_chk[@>]' || echo "-D_FORTIFY_SOURCE"
	# a big frame is taken page by page; that is all that is to be seen of it
	objdump -d --no-show-raw-insn "$1" | grep -q 'sub *$0x1000,%rsp' || echo "-fstack-clash-protection"
	objdump -d --no-show-raw-insn --disassemble=main "$1" | grep -q endbr64 || echo "-fcf-protection"
	[ $cet = no ] || readelf -nW "$1" | grep -q 'IBT.*SHSTK' || echo "the CET note"
}

check() {
	missing=$(misses "$1")
	[ -z "$missing" ] || { printf '%s lacks:\n%s\n' "$2" "$missing"; exit 1; }
	echo "ok: $2"
}

$cc -O0 -U_FORTIFY_SOURCE -fno-stack-protector -fno-stack-clash-protection -fcf-protection=none \
	-no-pie -Wl,-z,norelro,-z,lazy,-z,execstack "$work/empty.c" -o "$work/soft" 2>/dev/null
n=$(misses "$work/soft" | wc -l)
[ "$n" -ge 8 ] || { echo "of a program without any hardening only $n things are missed"; exit 1; }

if [ $# -gt 0 ]; then
	check "$1" "$1"
	exit
fi
for type in debugoptimized release; do
	meson setup "$work/$type" --buildtype=$type -Dtests=false -Dfuse=false >"$work/log" 2>&1 &&
		ninja -C "$work/$type" src/daemon/msrd >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	# the level leaves no trace in the program: the compiler's command has it (allow2c,
	# group2c and fields2c are programs of the build machine)
	[ "$fortify" != 3 ] || ! grep '"command":' "$work/$type/compile_commands.json" |
		grep -v -- '-D_FORTIFY_SOURCE=3\| -o src/arch/allow2c\.p/\| -o src/arch/group2c\.p/\| -o src/arch/fields2c\.p/' | grep . ||
		{ echo "compiled without -D_FORTIFY_SOURCE=3, which the C library has"; exit 1; }
	check "$work/$type/src/daemon/msrd" "msrd, $type"
done
[ $cet = yes ] || echo "The C library's start files have no CET note: no program here can have one."

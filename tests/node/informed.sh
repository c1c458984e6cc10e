#!/bin/sh
# SPDX-License-Identifier: MIT
# What the daemon says of its machine and its policy, to libmsrd and to msrctl.
# usage: informed.sh FUSE-MSR MSRD MSRCTL FIXTURE INFORMED

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4 informed=$(realpath "$5")

need_node
mkdir "$work/likwid-5.2"
ln -s "$msrd" "$work/likwid-5.2/likwid-accessD"
export msrd msrctl informed work

on() {
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$@" >"$work/out" 2>&1 || {
		cat "$work/out"
		false
	}
}
check "msrd says what accesses meet" on "$informed" "$msrd"
check "of who speaks LIKWID's protocol alone this machine says what it can" \
	on "$informed" "$work/likwid-5.2/likwid-accessD" plain
check "the owner of the lock file is told of more" with_lock \
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$informed" "$msrd" owner
# who else there is an ordinary user can't say
[ "$(id -u)" != 0 ] || check "while the lock file is another's that is told, with what would be allowed" with_lock \
	sh -c 'chown 1 /run/likwid.lock && exec "$@"' sh \
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$informed" "$msrd" locked

# a host whose /var/run is a folder of its own: what lies in /run is not the lock file
# shellcheck disable=SC2016
[ "$(id -u)" != 0 ] || check "where /var/run is not /run the lock file is the one in /var/run" unshare --mount sh -ec '
	mkdir -p "$work/var/run" "$work/var/tmp"
	mount -t tmpfs -o mode=755 tmpfs /run
	mount --rbind /var/tmp "$work/var/tmp" # the programs may be there
	mount --rbind "$work/var" /var
	: >/run/likwid.lock && chown 1 /run/likwid.lock
	"$@"
	: >/var/run/likwid.lock && chown 1 /var/run/likwid.lock
	exec "$@" locked' sh "$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$informed" "$msrd"

# --- msrctl

ctl() {
	"$fuse_msr" run --daemon "$msrd" --clock manual "$fixture" -- "$msrctl" "$@" >"$work/out" 2>"$work/err"
}

says() {
	grep -q -e "$1" "$work/out" "$work/err" || { cat "$work/out" "$work/err"; false; }
}

check "msrctl list asks the daemon" ctl list --daemon "$msrd" 0x186 IA32_PERF_STATUS
check "... and says that it does" says "^the daemon  *none"
check "... lists the masks" says "0x186 .* 0xffe7ffff *0x180000 *- *may hold it"
check "... finds registers by the names of other tools" says "0x198 *MSR_PERF_STATUS"
check "what is not allowed is not listed" sh -c '! "$@"' sh \
	"$fuse_msr" run --daemon "$msrd" "$fixture" -- "$msrctl" list --daemon "$msrd" 0x600 2>"$work/err"
check "... which is said" says "the daemon allows you no register that is called so"
check "where the daemon can't say, that is said" ctl list --daemon "$work/likwid-5.2/likwid-accessD" 0x186
check "... with what is built in" says "^msrctl, of what is built in"
check "... and why" says "LIKWID's protocol alone"
check "the profiles are listed on demand" ctl list --built-in 0x186
check "... without a daemon" says "counters *SDM"
check "msrctl info says whose word it is" ctl info --daemon "$msrd"
check "... with the sockets of the buses, which an ordinary user can't read" \
	says "0000:ff *1 the UBOX's node id"
check "... and what is read and written" says "^pci *yes *yes"
check "the owner of the lock file is told that he is" with_lock "$fuse_msr" run --daemon "$msrd" \
	"$fixture" -- sh -c '"$msrctl" list --daemon "$msrd" 0x1a4 >"$work/out" 2>"$work/err"'
check "... with what he may do more" says "0x1a4 .*0xf "
check "... in the list" says "^the daemon  *yours"

# --- a service, whose configuration is nobody's to read

with_service() {
	unshare --mount sh -c '
		cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$work/etc" 2>/dev/null
		mount --bind "$work/etc" /etc && mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"' sh \
		"$fuse_msr" run --daemon "$msrd" "$fixture" -- \
		sh "$(dirname "$0")/service-manager.sh" "$work/service/likwid-5.2/msrd" "$@" \
		>"$work/out" 2>"$work/err"
}

if [ "$(id -u)" = 0 ] && ! command -v systemd-socket-activate >/dev/null; then
	leave_out service "systemd-socket-activate is not installed"
elif [ "$(id -u)" = 0 ]; then
	capabilities=+sys_rawio,+sys_admin,+dac_override
	as_service="setpriv --reuid=64999 --regid=64999 --clear-groups --no-new-privs
		--bounding-set=-all,$capabilities --inh-caps=$capabilities --ambient-caps=$capabilities"
	export as_service ordinary
	mkdir -p "$work/etc/msrd" "$work/service/likwid-5.2"
	cp "$msrd" "$work/service/likwid-5.2/msrd"
	chmod 755 "$work" "$work/etc"
	printf '0x610 0x00ffffff00ffffff # PKG_POWER_LIMIT\n0x7777 0x0 # NEW\n' >"$work/etc/msrd/site.allow"
	printf '[default]\nallowlist /etc/msrd/site.allow\n' >"$work/etc/msrd/msrd.conf"
	chmod 600 "$work/etc/msrd/site.allow" "$work/etc/msrd/msrd.conf"
	chmod 700 "$work/etc/msrd"
	check "an ordinary user is told what the service allows him" with_service "$msrctl" list
	check "... by its lists" says "0x610 *MSR_PKG_POWER_LIMIT *0xffffff00ffffff "
	check "... also of registers that nobody here knows" says "0x7777 *- "
	check "... and of no others" [ "$(grep -c '^msr ' "$work/out")" = 2 ]
	check "... though he can't read them" sh -c '! $ordinary test -r "$work/etc/msrd/msrd.conf"'
fi

as_others "$0" "$@"
finish

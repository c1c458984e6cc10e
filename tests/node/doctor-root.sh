# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The causes that only root can bring about; a part of doctor.sh, in a mount namespace of its own.

# an installation: the daemon that ordinary users start
installed=$work/sbin
mkdir "$installed"
mount -t tmpfs tmpfs "$installed"
cp "$msrd" "$installed/msrd"
cp "$msrctl" "$work/msrctl"
chmod 755 "$work"
daemon=$installed/msrd

# theirs [OPTION-OF-SETPRIV…]: what an ordinary user is told on this kernel
theirs() {
	examine $ordinary setpriv "$@" "$work/msrctl" doctor --daemon "$daemon"
}

# on_tree SCRIPT: on the node, after the script has changed its files
on_tree() {
	examine on_node unshare --mount sh -c "$1"' && exec "$msrctl" doctor --daemon "$msrd"'
}

# what each of these says of the MSR files is the host's
no_privilege_cause() {
	silent_elsewhere "cpu model\|msr module\|$1"
}

theirs --inh-caps=-all
has "installed without privileges" error privileges "installed without privileges: mode 0755"
check "... and no other cause" no_privilege_cause privileges
chown 1 "$daemon" && chmod 4755 "$daemon"
theirs --inh-caps=-all
has "setuid of another user than root" error privileges "its owner is uid 1"
chown 0 "$daemon" && chmod 4755 "$daemon"
theirs --inh-caps=-all
has "setuid root" ok privileges "setuid root"
check "... and no cause" no_privilege_cause none

mount -o remount,nosuid "$installed"
theirs --inh-caps=-all
has "nosuid" error nosuid "mounted nosuid"
check "... and no other cause" no_privilege_cause nosuid
mount -o remount,suid "$installed"

theirs --no-new-privs
has "no_new_privs" error no_new_privs "no_new_privs is set"
check "... and no other cause" no_privilege_cause no_new_privs

examine $ordinary unshare --user "$work/msrctl" doctor --daemon "$daemon"
has "user namespace" error "user namespace" "in a user namespace"
check "... and no other cause" no_privilege_cause "user namespace"

examine setpriv --bounding-set=-sys_rawio $ordinary "$work/msrctl" doctor --daemon "$daemon"
has "bounding set" error "bounding set" "lacks cap_sys_rawio: the daemon can't have it here"
check "... and no other cause" no_privilege_cause "bounding set"

chmod 755 "$daemon"
if "$file_capabilities" "$daemon"; then
	theirs --inh-caps=-all
	has "file capabilities" ok privileges "has cap_sys_rawio,cap_sys_admin,cap_dac_override"
	examine setpriv --bounding-set=-sys_rawio $ordinary "$work/msrctl" doctor --daemon "$daemon"
	has "bounding set that file capabilities do not fit in" error "bounding set" "not even started"
	"$file_capabilities" "$daemon" sys_rawio
	theirs --inh-caps=-all
	has "too few file capabilities" error privileges "lacks the capabilities cap_sys_admin,cap_dac"
else
	leave_out file-capabilities "this kernel's tmpfs takes none"
fi

# on a /proc/sys/kernel that has one
on_tree 'mkdir "$work/kernel" && cp /proc/sys/kernel/cap_last_cap "$work/kernel" &&
	echo 1 >"$work/kernel/nmi_watchdog" && mount --bind "$work/kernel" /proc/sys/kernel'
has "NMI watchdog" warning "NMI watchdog" "holds a cycle counter"
check "... is a warning" [ $status = 1 ]
check "... and was not changed" grep -qx 1 "$work/kernel/nmi_watchdog"

on_tree 'mkdir "$work/one" && mkdir "$work/one/0" && mount --rbind /dev/cpu/0 "$work/one/0" &&
	mount --rbind "$work/one" /dev/cpu'
has "one MSR file is there" error "msr module" "is missing for .* of .* CPUs .*, the first is CPU 1"
on_tree 'mount -t tmpfs none /dev/cpu && mount -t tmpfs none /sys/module'
has "no MSR file is there" error "msr module" "not loaded"
check "... and the daemon's answer has this reason" row error MSR "because of: msr module"

# what read says where the daemon has no device files
examine on_node unshare --mount sh -c 'mount -t tmpfs none /dev/cpu && mount -t tmpfs none /sys/module &&
	exec "$msrctl" read --daemon "$msrd" -c 0 0x606'
check "msrctl read names the cause and the cure, as the daemon tells them" \
	grep -q "msrctl: .*: the kernel module msr is not loaded.* (modprobe msr" "$work/err"
examine on_node unshare --mount sh -c 'mount -t tmpfs none /dev/cpu && mount -t tmpfs none /sys/module && exec "$msrctl" info --daemon "$msrd"'
check "msrctl info names them as well" \
	grep -q "msr module: the kernel module msr is not loaded.*; cure: modprobe msr" "$work/err"
examine on_node unshare --mount sh -c 'mount -t tmpfs none /dev/cpu && mount -t tmpfs none /sys/module && exec "$msrctl" stat -i 0.1 --daemon "$msrd"'
check "... and msrctl stat" \
	grep -q "msr module: the kernel module msr is not loaded.*; cure: modprobe msr" "$work/err"
examine on_node "$msrctl" read --daemon "$msrd" -c 0 0x1
check "register that is refused is no cause" [ $status = 1 ]
check "... and says nothing of the installation" sh -c '! grep -q "doctor\|cure" "$work/err"'

# told_after REASON SCRIPT READ-OR-WRITE…: what a script gets of the daemon, on the node after SCRIPT
told_after() {
	reason=$1 script=$2
	shift 2
	on_node unshare --mount sh -c "$script"' && exec "$msrctl" "$@" --json --daemon "$msrd"' - "$@" \
		>"$work/out" 2>"$work/err"
	check "script is told $reason" grep -q "\"reason\": \"$reason\"" "$work/out"
}
told_after module 'mount -t tmpfs none /dev/cpu && mount -t tmpfs none /sys/module' read -c 0 0x606
told_after cpu-file 'mkdir -p "$work/first/0" && mount --rbind /dev/cpu/0 "$work/first/0" &&
	mount --rbind "$work/first" /dev/cpu' read -c 1 0x606
told_after locked 'mount -t tmpfs none /run && touch /run/likwid.lock && chown 1 /run/likwid.lock' read -c 0 0x606
told_after mounted-read-only 'mount -o remount,bind,ro /proc/bus && mount -o remount,bind,ro /sys/devices' \
	write -s 0 -u imc0 0xf4 0x10100
told_after model 'sed "s/^model\t.*/model\t\t: 1/" /proc/cpuinfo >"$work/cpuinfo" &&
	mount --bind "$work/cpuinfo" /proc/cpuinfo' read -c 0 0x606
told_after outside-mask true write -c 0 0x38f 0x8000000000000000
told_after not-listed true read -c 0 0x1d9
told_after fault true read -c 0 0x641
told_after no-device true read -c 99 0x606

# parameters of a module, on a /sys/module that can be written
on_tree 'mkdir -p "$work/module/msr/parameters" && echo off >"$work/module/msr/parameters/allow_writes" &&
	mount --bind "$work/module" /sys/module'
has "allow_writes=off" warning "msr writes" "allow_writes=off"
on_tree 'mkdir -p "$work/locked/security" && mount --bind "$work/locked" /sys/kernel &&
	echo "none [integrity] confidentiality" >/sys/kernel/security/lockdown'
has "lockdown" warning lockdown "locked down (integrity)"

on_tree 'mount -o remount,bind,ro /sys/devices'
has "read-only /sys" warning "/proc and /sys" "/sys is mounted read-only"
on_tree 'mount -o remount,bind,ro /proc/bus'
has "read-only /proc" warning "/proc and /sys" "/proc/bus/pci is mounted read-only"


# what a container has: the units are read, and a write is answered
on_tree 'mount -o remount,bind,ro /proc/bus && mount -o remount,bind,ro /sys/devices &&
	if "$msrctl" write --daemon "$msrd" -s 0 -u imc0 0xf4 0x10100; then exit 9; fi'
has "read-only /proc and /sys" warning "/proc and /sys" "/sys and /proc/bus/pci are"
has "... are still read" ok "PCI register" "the daemon reads"
check "... and a write is answered" grep -q "read or write failed" "$work/err"

on_tree 'mount -t tmpfs none /run && touch /run/likwid.lock && chown 1 /run/likwid.lock'
has "lock of another user" error lock "locked by .* (uid 1)"
check "... is what the daemon says, too" row error MSR "because of: lock"
examine on_node unshare --mount sh -c 'mount -t tmpfs none /run && touch /run/likwid.lock &&
	chown 1 /run/likwid.lock && exec "$msrctl" read --daemon "$msrd" -c 0 0x606'
check "... and who it is stands in what msrctl read says" \
	grep -q "locked by another user: /run/likwid.lock is of uid 1, who has" "$work/err"
on_tree 'mount -t tmpfs none /run && touch /run/likwid.lock'
has "own lock" ok lock yours

# an address of a process that is gone
sh -c 'echo $$' >"$work/pid"
: >"/tmp/likwid-$(cat "$work/pid")"
on_tree true
has "leftover" warning leftovers "/tmp/likwid-$(cat "$work/pid")"
check "... was not removed" rm "/tmp/likwid-$(cat "$work/pid")"

examine on_node setpriv --bounding-set=-sys_resource --inh-caps=-all prlimit --nofile=20:20 \
	"$msrctl" doctor --daemon "$msrd"
has "limit of open files" warning "open files" "limit of 20 open files is too low"
examine on_node setpriv --bounding-set=-sys_resource --inh-caps=-all prlimit --nofile=20:20 \
	"$msrctl" read --daemon "$msrd" -s 1 -u imc3 0xf4 --json
check "script is told descriptors" grep -q '"reason": "descriptors"' "$work/out"

# a software event, for which a processor need not have a PMU
cat >"$work/perf.py" <<'END'
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
event = ctypes.create_string_buffer(struct.pack("IIQ", 1, 112, 0) + bytes(96))
if libc.syscall(298, event, 0, -1, -1, 0) < 0:
    sys.exit(f"perf_event_open: errno {ctypes.get_errno()}")
print("open", flush=True)
sys.stdin.read()
END
mkfifo "$work/end"
python3 "$work/perf.py" <"$work/end" >"$work/perf" 2>&1 &
perf=$!
exec 8>"$work/end"
wait_until test -s "$work/perf"
if grep -q open "$work/perf"; then
	examine "$msrctl" doctor --daemon "$msrd"
	has "perf's holder" warning perf "the first is python3.* (pid $perf)"
	check "... was left alone" kill -0 $perf
else
	leave_out perf "no event can be opened: $(tail -n 1 "$work/perf")"
fi
exec 8>&-
wait $perf
umount "$installed"

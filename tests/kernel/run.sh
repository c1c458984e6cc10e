#!/bin/sh
# SPDX-License-Identifier: MIT
# The programs as they are installed on a real kernel with its own msr.ko, in QEMU, without a disk:
# init.sh is all that runs there. Knows nothing of what is checked, only whether it was.
# usage: run.sh CACHE MSRD MSRCTL SESSION DEVICE-FILES FILE-CAPABILITIES PROBE FUSE-MSR FIXTURE RULES
here=$(cd "$(dirname "$0")" && pwd)
one_user=yes
. "$here/../node/lib.sh"
cache=$1 msrd=$2 msrctl=$3 session=$4 device_files=$5 file_capabilities=$6
probe=$7 fuse_msr=$8 fixture=$9 rules=${10}

need qemu-system-x86_64 busybox cpio setpriv ldd systemd-socket-activate
! ldd "$(command -v busybox)" >/dev/null 2>&1 || skip "busybox is not linked statically (package busybox-static)"
kernel=$(sh "$here/kernel.sh" "$cache" 2>"$work/kernel.log") || skip "$(tail -n 1 "$work/kernel.log")"

root=$work/root
# put PROGRAM PATH: there it is, and its libraries where its loader looks for them
put() {
	install -D -m 755 "$1" "$root$2"
	ldd "$1" 2>/dev/null | sed -n 's/^[^/]*\(\/[^ ]*\) (0x.*/\1/p' | while read -r library; do
		[ -e "$root$library" ] || install -D -m 755 "$library" "$root$library"
	done
}

mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/var"
ln -s ../run "$root/var/run"
put "$(command -v busybox)" /bin/busybox
put "$(command -v setpriv)" /usr/bin/setpriv
put "$(command -v systemd-socket-activate)" /usr/bin/systemd-socket-activate
put "$msrd" /usr/local/sbin/msrd
put "$msrctl" /usr/local/bin/msrctl
put "$session" /usr/local/bin/session
put "$device_files" /usr/local/bin/device-files
put "$file_capabilities" /usr/local/bin/file-capabilities
put "$probe" /usr/local/bin/probe
if udevadm=$(sh "$here/udev.sh" "$cache" 2>"$work/udev.log"); then
	put "$udevadm" /bin/udevadm
	ln -s ../../bin/udevadm "$root/usr/bin/systemd-udevd"
	install -D -m 644 "$rules" "$root/usr/lib/udev/rules.d/60-msrd.rules"
else
	leave_out udev "$(tail -n 1 "$work/udev.log")"
fi
install -m 755 "$here/init.sh" "$root/init"
install -m 644 "$(find "$kernel/lib/modules" -name msr.ko)" "$root/msr.ko"
install -m 644 "$(find "$kernel/lib/modules" -name cpuid.ko)" "$root/cpuid.ko"
printf '%s\n' root:x:0:0::/:/bin/sh msrd:x:900:900::/:/bin/false user:x:1000:1000::/:/bin/sh >"$root/etc/passwd"
printf '%s\n' root:x:0: msrd:x:900: user:x:1000: >"$root/etc/group"
(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$work/initramfs" || exit 1

# boot WORD PARAMETER…: init.sh's checks of that name. Its own last line says that it came to its
# end; without it nothing is proven. The ports are two functions of which one has 4096 bytes.
boot() {
	word=$1
	shift
	started=$(date +%s%N)
	timeout 240 qemu-system-x86_64 -accel tcg -machine q35 -cpu SandyBridge,model=45,-x2apic,-tsc-deadline \
		-smp 2,sockets=2 -m 512 -nodefaults -no-user-config -no-reboot -display none \
		-device ioh3420,chassis=1,addr=4 -serial stdio -kernel "$kernel"/boot/vmlinuz-* \
		-initrd "$work/initramfs" -append "console=ttyS0 loglevel=1 panic=-1 checks=$word $*" \
		</dev/null 2>&1 | tr -d '\r' | tee "$work/$word.log"
	ms=$((($(date +%s%N) - started) / 1000000))
	echo "# $word: $((ms / 1000)).$(printf %03d $((ms % 1000))) s in all"
	! grep -q '^FAILED:' "$work/$word.log" && grep -q '^ok: all of it was checked$' "$work/$word.log"
}

# The same calls on the simulated node. What the probe said in the guest is in the log.
simulated_as_real() {
	sed -n 's/^probe: //p' "$work/devices.log" >"$work/kernel"
	[ "$(grep -c . "$work/kernel")" -gt 1000 ] || { echo "the probe said nothing in the guest"; return 1; }
	"$fuse_msr" run "$fixture" --as-root -- "$probe" 186 4300c0 1ac 0000:7f:0b.0 0000:7f:10.0 >"$work/sim" || return 1
	in_user_namespace=$("$fuse_msr" run "$fixture" --as-root -- grep -qw 4294967295 /proc/self/uid_map || echo 1)
	LC_ALL=C awk -v in_user_namespace="$in_user_namespace" -v must_shrink="$must_shrink" -f "$here/compare.awk" \
		file=1 "$here/differences.txt" file=2 "$work/kernel" file=3 "$work/sim"
}

check "the programs on a real kernel" boot devices
# another kernel's FUSE may have fewer limits; CI's is the one that the list was made with
must_shrink=$([ "${MSRD_TESTS_MUST_RUN:-0}" = 0 ] || echo 1)
check "the simulated node's files answer as the real kernel's, but for known reasons" simulated_as_real
check "the programs on a kernel that is locked down" boot lockdown lockdown=integrity
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# The site's policy: msrctl policy looks at it, and msrd obeys it where it is root's alone.
# usage: policy.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$(realpath "$3") fixture=$4

need_node
export msrd msrctl work

on_node() {
	"$fuse_msr" run --daemon "$msrd" --syslog "$work/log" "$fixture" -- "$@"
}

# ends_with STATUS COMMAND…: what it says goes to $work/out
ends_with() {
	wanted=$1
	shift
	"$@" >"$work/out" 2>&1
	[ $? = "$wanted" ]
}

says() {
	grep -q -e "$1" "$work/out" || { cat "$work/out"; false; }
}

cat >"$work/site.allow" <<'END'
# MSR      # Write Mask         # Comment
0x000001B0 0x000000000000000F # "SMSR_ENERGY_PERF_BIAS"
0x00000610 0x00ffffff00ffffff # "SMSR_PKG_POWER_LIMIT"
END
cat >"$work/msrd.conf" <<END
# by name, as an administrator writes it
[user root]
profiles features

[user nobody]
allowlist $work/site.allow
END
echo "[default]
profile counters" >"$work/wrong.conf"
echo "0x10 0x0
0x11" >"$work/wrong.allow"

# --- msrctl policy

check "configurations and msr-safe's lists are checked" \
	ends_with 0 "$msrctl" policy check "$work/msrd.conf" "$work/site.allow"
check "... and said to be what they are" says "a configuration of 2 sections and 1 allowlists"
printf '#MSR       Write mask        \n0x00000010 0x0000000000000000\n0x00000199 0x000000000000FF00\n' >"$work/read-back"
printf '# MSR        Write Mask           # Comment\n0x00000199   0x000000000000ff00   # "PERF_CTL"\n' >"$work/geopm"
check "... as are what msr-safe gives back and what GEOPM prints" \
	ends_with 0 "$msrctl" policy check "$work/read-back" "$work/geopm"
check "... register by register" says "geopm: an allowlist of 1 registers"
check "an error is told" ends_with 1 "$msrctl" policy check "$work/wrong.allow" "$work/wrong.conf"
check "... with its line" says "wrong.conf:2: unknown word: profile"
check "... in each of the files" says "wrong.allow:2: not a write mask"
check "names become numbers" ends_with 0 "$msrctl" policy compile "$work/msrd.conf"
check "... where they stood" says "^\\[user 0\\] # \\[user root\\]$"
check "a name of nobody is an error" sh -c \
	'echo "[group no-such-group]" >"$work/name.conf"; ! "$msrctl" policy compile "$work/name.conf" 2>/dev/null'
check "who may do what is shown" ends_with 0 on_node "$msrctl" policy show \
	--config "$work/msrd.conf" --user nobody 'SMSR_*' 0x38d
check "... by which line" says "allowlist $work/site.allow *$work/msrd.conf:6 *always"
check "... of which list" says "read, set 0xf *$work/site.allow:2"
check "... also of those that are built in" says "IA32_FIXED_CTR_CTRL *read.* built in *always"
check "what nobody allows is not there" ends_with 1 on_node "$msrctl" policy show 0x600
check "lists that differ are shown" ends_with 1 \
	on_node "$msrctl" policy diff profile:power "$work/site.allow"
check "... where they do" says "0x618 *MSR_DRAM_POWER_LIMIT *read, set 0xffffff *-"
check "... and there alone" [ "$(grep -c 0x610 "$work/out")" = 0 ]
check "lists that do not differ are equal" ends_with 0 \
	on_node "$msrctl" policy diff profile:power profile:power

# --- msrd: a counter that interrupts is the kernel's

cp -rL "$fixture" "$work/held"
chmod -R u+w "$work/held"
sed -i 's/^0-1 0x1a0 .*/&\n0 0x38d 0xb0  # IA32_FIXED_CTR_CTRL, assumed: a watchdog/' "$work/held/msr.txt"
: >"$work/log"
chmod 666 "$work/log"
cat >"$work/take" <<'END'
ctl() {
	"$msrctl" "$1" --daemon "$msrd" -c 0 "$2" $3
}
! ctl write 0x30a 5 && ! ctl write 0x38d 0x3b3 && ctl write 0x309 5 && ctl read 0x38d && ctl read 0x30a &&
	ctl write 0x38d 0x033 && ctl write 0x30a 5
END
check "a counter of the kernel is its own until it is released" ends_with 0 \
	"$fuse_msr" run --daemon "$msrd" --syslog "$work/log" "$work/held" -- sh "$work/take"
check "... which the log says" \
	grep -q 'write of 0x5 to MSR 0x30a on CPU 0 (the kernel holds this counter)' "$work/log"
check "... also of who leaves its interrupt on" \
	grep -q 'write of 0x3b3 to MSR 0x38d on CPU 0 (bits 0x80 may only be cleared' "$work/log"

# --- msrd: /etc is ours alone in a mount namespace, and root is not a user namespace's

# with_etc COMMAND…: with /etc/msrd/msrd.conf and its list, both root's
with_etc() {
	unshare --mount sh -c '
		cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$work/etc" 2>/dev/null
		mount --bind "$work/etc" /etc && exec "$@"' sh "$@"
}

if [ "$(id -u)" = 0 ]; then
	mkdir -p "$work/etc/msrd"
	chmod 755 "$work/etc" "$work/etc/msrd"
	cp "$work/site.allow" "$work/etc/msrd"
	chmod 644 "$work/etc/msrd/site.allow"
	printf '[user 0]\nallowlist /etc/msrd/site.allow\n' >"$work/etc/msrd/msrd.conf"
	cat >"$work/epb" <<'END'
"$msrctl" write --daemon "$msrd" -c 0 0x1b0 "$1" && "$msrctl" read --daemon "$msrd" -c 0 0x1b0
END
	chmod 666 "$work/log" 2>/dev/null || : >"$work/log"
	check "without a configuration the bias is not written" \
		ends_with 1 on_node sh "$work/epb" 6
	check "with the site's list it is" ends_with 0 with_etc "$fuse_msr" run --daemon "$msrd" \
		--syslog "$work/log" "$fixture" -- sh "$work/epb" 6
	check "... as far as its mask goes" ends_with 1 with_etc "$fuse_msr" run --daemon "$msrd" \
		--syslog "$work/log" "$fixture" -- sh "$work/epb" 0x16
	check "... and msrctl tells that mask, which no profile has" \
		says "bits 0x10 outside the mask; the mask is 0xf (this daemon's policy): write 0x6"
	check "... which the log says" grep -q "bits 0x10 outside the mask" "$work/log"
	chmod 666 "$work/etc/msrd/msrd.conf"
	check "where others may write it nothing is allowed" ends_with 1 with_etc "$fuse_msr" run \
		--daemon "$msrd" --syslog "$work/log" "$fixture" -- \
		"$msrctl" read --daemon "$msrd" -c 0 0x606
	check "... and the log says why" \
		grep -q "msrd.conf may be written by others (mode 0666).*nothing is allowed" "$work/log"
	check "... as policy check does" ends_with 1 with_etc "$msrctl" policy check
	check "... in the same words" says "may be written by others (mode 0666): chmod go-w"
else
	# as where the packages are installed: its / is not root's, as far as this user's node can see
	mkdir -p "$work/etc/msrd"
	printf '[default]\nprofiles counters\n' >"$work/etc/msrd/msrd.conf"
	check "a configuration of the host's, whose root is nobody on a user's node, is not on it" ends_with 0 \
		unshare --user --map-current-user --keep-caps --mount sh -c '
			cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$work/etc" 2>/dev/null
			mount --bind "$work/etc" /etc && exec "$@"' sh "$fuse_msr" run --daemon "$msrd" \
		"$fixture" -- "$msrctl" read --daemon "$msrd" -c 0 0x606
fi

as_others "$0" "$@"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs below a prefix of one's own, without root too, and uses what is there.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
prefix=$work/prefix

meson setup "$work/build" --prefix "$prefix" --libdir lib -Dtests=false >"$work/log" 2>&1 ||
	{ cat "$work/log"; exit 1; }
meson install -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
# what msrd-install(7) says of uninstalling
grep -qx "$prefix/sbin/msrd" "$work/build/meson-logs/install-log.txt" ||
	{ echo "install-log.txt does not list sbin/msrd"; exit 1; }
rm -rf "$work/build"

for file in sbin/msrd libexec/msrd/likwid-accessD bin/msrctl bin/fuse-msr include/msrd.h \
	lib/libmsrd.so lib/libmsrd.a lib/pkgconfig/msrd.pc \
	share/msrd/fixtures/documented/xeon-e5-2680-2s/node.yaml share/msrd/fixtures/documented/xeon-e5-2680-2x1/pci.txt \
	share/msrd/fixtures/documented/xeon-e5-4650-4s/pci.txt share/msrd/fixtures/recorded/xeon-e5-2630-2s/workload.yaml \
	share/man/man8/msrd.8 share/man/man7/msrd-install.7 share/man/man1/msrctl.1 share/man/man1/msrctl-stat.1 share/man/man1/msrctl-write.1 share/man/man1/msrctl-lock.1 share/man/man5/msrctl-group.5 share/man/man5/msrctl-output.5 share/man/man1/fuse-msr.1 share/man/man5/msrd-fixture.5 \
	share/man/man3/libmsrd.3 libexec/msrd/slurm/prolog libexec/msrd/slurm/epilog libexec/msrd/slurm/turn.sh bin/msrctl-job share/man/man1/msrctl-job.1 share/man/man7/msrd-slurm.7 \
	sbin/likwid-accessd-shim share/man/man8/likwid-accessd-shim.8 \
	lib/systemd/system/msrd.socket lib/systemd/system/msrd@.service lib/sysusers.d/msrd.conf \
	lib/systemd/system/msrd-export.service lib/sysusers.d/msrd-export.conf share/msrd/grafana-dashboard.json share/man/man1/msrctl-export.1; do
	[ -f "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
[ "$(realpath "$prefix/libexec/msrd/likwid-accessD")" = "$prefix/sbin/msrd" ]
for release in 3.1 4.0 4.1 4.2 4.3 5.0 5.1 5.2 5.3 5.4 5.5; do
	[ "$(realpath "$prefix/libexec/msrd/likwid-$release/likwid-accessD")" = "$prefix/sbin/msrd" ]
	[ "$(realpath "$prefix/libexec/msrd/service/likwid-$release/likwid-accessD")" = "$prefix/sbin/likwid-accessd-shim" ]
done
if [ "$(id -u)" = 0 ]; then mode=4755; else mode=755; fi
[ "$(stat -c %a "$prefix/sbin/msrd")" = $mode ] || { echo "wrong mode of msrd"; exit 1; }
echo "installed layout: complete"

# What the pages have to be typed is here. msrd-install(7) is about packages.
find "$prefix/share/man" -type f ! -name msrd-install.7 -exec sed 's,\\f[A-Z],,g; s,\\&,,g; s,\\\(.\),\1,g' {} + |
	grep -oE '/[[:alnum:]/._-]*/libexec/msrd[[:alnum:]/._-]*' | sort -u >"$work/named"
[ "$(wc -l <"$work/named")" -ge 4 ] || { echo "the pages name only:"; cat "$work/named"; exit 1; }
while read -r path; do
	case $path in "$prefix"/*) [ -e "$path" ] && continue ;; esac
	echo "a page names $path, which is not what was installed"
	exit 1
done <"$work/named"

# A fixture by its name; msrctl starts the installed daemon by itself.
"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- "$prefix/bin/msrctl" stat \
	--expect /sys/devices/sim/workload
# ... as our own daemon, which is handed its client: nothing depends on a name in /tmp.
"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- "$prefix/bin/msrctl" stat -o /dev/null -- \
	sh -c 'head -qzn 1 /proc/[0-9]*/cmdline | tr "\0" "\n" | grep -x "$0"' "$prefix/sbin/msrd" ||
	{ echo "msrctl does not start sbin/msrd under its own name"; exit 1; }
# The daemon under its other names.
for name in likwid-accessD likwid-3.1/likwid-accessD likwid-5.4/likwid-accessD; do
	"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- \
		"$prefix/bin/msrctl" --daemon "$prefix/libexec/msrd/$name" read -u imc0 0xf4
done

# A program of somebody else's, in C and in C++, shared and static.
cat >"$work/client.c" <<'END'
#include <inttypes.h>
#include <msrd.h>
#include <stdio.h>
int main(void)
{
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;
	uint64_t value;
	if (msrd_open(&msrd, NULL, text, sizeof text) != 0) {
		fprintf(stderr, "%s\n", text);
		return 1;
	}
	int r = msrd_read(msrd, 1, 0x606, &value);
	if (r != 0)
		fprintf(stderr, "%s\n", msrd_error(msrd, text, sizeof text));
	else
		printf("0x%" PRIx64 "\n", value);
	msrd_close(msrd);
	return r != 0 || value != 0xa1003;
}
END
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cp "$work/client.c" "$work/client.cc"
cc -Wall -Wextra -Werror "$work/client.c" -o "$work/shared" $(pkg-config --cflags --libs msrd) -Wl,-rpath,"$prefix/lib"
cc -Wall -Wextra -Werror "$work/client.c" -o "$work/static" $(pkg-config --cflags msrd) "$prefix/lib/libmsrd.a" -pthread
for program in "$work/shared" "$work/static"; do
	"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- "$program"
done
if command -v c++ >/dev/null; then
	c++ -Wall -Wextra -Werror "$work/client.cc" -o "$work/cxx" $(pkg-config --cflags --libs msrd) -Wl,-rpath,"$prefix/lib"
	"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- "$work/cxx"
fi

# The example, as it is installed: against the installed header and library alone.
cc -Wall -Wextra -Werror "$prefix/share/doc/msrd/examples/batch.c" -o "$work/batch" \
	$(pkg-config --cflags --libs msrd) -Wl,-rpath,"$prefix/lib"
"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- "$work/batch" MSR_RAPL_POWER_UNIT >"$work/out" 2>&1 &&
	grep -i "a1003" "$work/out" ||
	{ echo "the installed example batch.c does not read MSR_RAPL_POWER_UNIT"; cat "$work/out"; exit 1; }

# What the README says of LIKWID, where it is installed.
if command -v likwid-perfctr >/dev/null; then
	for daemon in libexec/msrd libexec/msrd/likwid-5.2; do
		"$prefix/bin/fuse-msr" run xeon-e5-2680-2x1 -- env PATH="$prefix/$daemon:$PATH" \
			likwid-perfctr -C 0 -g MEM sleep 1 | grep "Memory bandwidth"
	done
	"$prefix/bin/fuse-msr" run --likwid xeon-e5-2680-2x1 -- \
		likwid-perfctr -C 0,1 -g MEM sleep 1 | grep "Memory bandwidth .*|$"
	"$prefix/bin/fuse-msr" run --likwid xeon-e5-2680-2s -- \
		likwid-perfctr -c 0-15 -g MEM sleep 1 | grep "Memory bandwidth .*|$"
fi

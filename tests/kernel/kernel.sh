#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's kernel package, unpacked below CACHE and installed nowhere: prints the folder. Its last
# line on standard error says why there is none. Knows nothing of what it is for.
# usage: kernel.sh CACHE
set -u
cache=$1

mkdir -p "$cache" && cd "$cache" || exit 1
for program in apt-get apt-cache dpkg-deb; do
	command -v "$program" >/dev/null || { echo "$program is not installed: there is no kernel package" >&2; exit 1; }
done
package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$package" ] || { echo "no package linux-image-cloud-amd64 is known to apt" >&2; exit 1; }

if ! find "$package" -name cpuid.ko 2>/dev/null | grep -q .; then
	rm -rf "$package"
	# unpacked beside it: what was cut off is not taken for a kernel
	rm -rf new && mkdir new && cd new || exit 1
	apt-get download -q "$package" >&2 || { echo "the package $package can't be downloaded" >&2; exit 1; }
	dpkg-deb --fsys-tarfile ./*.deb | tar -x --wildcards './boot/vmlinuz-*' '*/msr.ko' '*/cpuid.ko' >&2 ||
		{ echo "the package $package has no kernel or no msr.ko" >&2; exit 1; }
	rm -f ./*.deb
	cd .. && mv new "$package" || exit 1
fi
echo "$PWD/$package"

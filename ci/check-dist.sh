#!/bin/sh
# SPDX-License-Identifier: MIT
# A release: the archive that `meson dist` makes, unpacked where there is no git, builds and passes
# its tests (all but most of the node tests, which `make test` runs on the same files). Its version
# stands in meson.build alone, is that of each program and page, and has its lines in CHANGELOG.md.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

# quietly COMMAND…
quietly() {
	"$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log"; exit 1; }
}

# --- the version

version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" meson.build)
case $version in
[0-9]*.[0-9]*.[0-9]*) ;;
*) echo "no version in meson.build: \"$version\""; exit 1 ;;
esac
# lines of a list that has changes by version are no second place
if git grep -nF -e "$version" -- ':!meson.build' ':!*[Cc][Hh][Aa][Nn][Gg][Ee]*[Ll][Oo][Gg]*'; then
	echo "The version, $version, stands elsewhere than in meson.build."
	exit 1
fi
grep -qF "## [$version]" ci/CHANGELOG.md || { echo "ci/CHANGELOG.md has no \"## [$version]\""; exit 1; }
sed -n '/^## \[/,$p' ci/CHANGELOG.md | sed -n '1s/^## \[\(.*\)\].*/\1/p' | grep -qxF "$version" ||
	{ echo "ci/CHANGELOG.md: the first section is not that of $version"; exit 1; }
echo "version $version: in meson.build alone, and in ci/CHANGELOG.md"

# --- the archive, of what is committed

quietly git -c safe.directory='*' clone -q . "$work/clone"
quietly meson setup "$work/clone/build" "$work/clone" -Dtests=false
quietly meson dist -C "$work/clone/build" --no-tests --formats xztar
tar -C "$work" -xf "$work/clone/build/meson-dist/msrd-$version.tar.xz"
[ -d "$work/msrd-$version" ] || { echo "the archive has no folder msrd-$version"; exit 1; }
(cd "$work/clone" && git ls-files) | sort >"$work/committed"
(cd "$work/msrd-$version" && find . -type f -o -type l | sed 's,^\./,,') | sort >"$work/packed"
cmp "$work/committed" "$work/packed" || { diff "$work/committed" "$work/packed"; exit 1; }
rm -rf "$work/clone"
echo "msrd-$version.tar.xz: $(wc -l <"$work/packed") files, all that are committed"

# git would find a repository further up
cd "$work/msrd-$version"
export GIT_CEILING_DIRECTORIES="$work"
# not optimized: what is looked for are files that are missing
quietly meson setup build --prefix "$work/prefix" --libdir lib -Dbuildtype=debug
quietly ninja -C build
# a processor for each test, and one more: they wait, too
quietly meson test -C build --no-rebuild --print-errorlogs --suite unit --suite source --suite fuzz
grep -E '^(Ok|Fail|Skipped):' "$work/log"
quietly meson test -C build --no-rebuild --print-errorlogs policy-node direct-node
grep -E '^(Ok|Fail|Skipped):' "$work/log"

# --- what is installed says the same version

quietly meson install -C build --no-rebuild
for program in bin/msrctl bin/fuse-msr sbin/msrd sbin/likwid-accessd-shim; do
	"$work/prefix/$program" --version | grep -qF " $version" ||
		{ echo "$program --version does not say $version"; exit 1; }
done
[ "$(PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig pkg-config --modversion msrd)" = "$version" ] ||
	{ echo "msrd.pc does not say $version"; exit 1; }
[ -f "$work/prefix/lib/libmsrd.so.$version" ] || { echo "there is no libmsrd.so.$version"; exit 1; }
echo "what is installed says $version"

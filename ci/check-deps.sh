#!/bin/sh
# SPDX-License-Identifier: MIT
# Without the right to install packages, the missing ones are named, and that is all; on systems
# without apt by the names that they have there, and what a build can do without stops nobody.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" != 0 ] || exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

wrong() {
	cat "$work/said"
	echo "$*"
	exit 1
}

said=$(PATH=/usr/bin:/bin ci/deps.sh a-package-that-is-missing 'neither-this|nor-that' 2>&1 </dev/null) &&
	{ echo "deps.sh claims to have installed what does not exist"; exit 1; }
echo "$said"
echo "$said" | grep -q "apt-get install .*a-package-that-is-missing neither-this"

# --- the table: six cells a line, names that apt knows, and a thing once
awk -F '\t' '!/^#/ && NF != 6 { print "deps.tsv:" NR ": " NF " cells"; bad = 1 } END { exit bad }' ci/deps.tsv
twice=$(grep -v '^#' ci/deps.tsv | cut -f 1 | sort | uniq -d)
[ -z "$twice" ] || { echo "deps.tsv: twice: $twice"; exit 1; }
! command -v apt-cache >/dev/null || for package in $(grep -v '^#' ci/deps.tsv | cut -f 1 | sed 's/|.*//'); do
	[ -n "$(apt-cache show "$package" 2>/dev/null)" ] || { echo "deps.tsv: apt knows no $package"; exit 1; }
done

# --- systems without apt: a folder of programs is all that is in PATH

tools="sh dirname sed printf grep cut"
# system MANAGER: a program of that name, which nobody is to start, beside what a shell needs
system() {
	rm -rf "$work/bin" && mkdir "$work/bin"
	for tool in $tools; do ln -s "$(command -v "$tool")" "$work/bin/$tool" 2>/dev/null || :; done
	printf '#!/bin/sh\necho "$@" >>"%s/started"\n' "$work" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

# has PROGRAM…
has() {
	for program; do ln -s "$(command -v "$program")" "$work/bin/$program"; done
}

# ends_with STATUS: and what was said is in $work/said
ends_with() {
	r=0
	PATH="$work/bin" ci/deps.sh >"$work/said" 2>&1 || r=$?
	[ $r = "$1" ] || wrong "$system: status $r, not $1"
	[ ! -e "$work/started" ] || wrong "$system: a program was started: $(cat "$work/started")"
}

says() {
	grep -qxF -e "$1" "$work/said" || wrong "$system: it does not say: $1"
}

# names COLUMN WHICH: that column of those lines whose purpose is "build", or is not
names() {
	awk -F '\t' -v column="$1" -v which="$2" \
		'!/^#/ && ($6 == "build") == (which == "build") && $5 !~ /^header:/ && !seen[$column]++ { printf " %s", $column }' ci/deps.tsv
}

programs=$(sed -n 's/^[^#].*\tcmd:\([^\t]*\)\t.*/\1/p' ci/deps.tsv)
column=1
for system in dnf zypper pacman; do
	column=$((column + 1))
	case $system in pacman) install="pacman -S --needed" ;; *) install="$system install" ;; esac
	system $system
	ends_with 1
	says "    $install$(names $column build)"
	says "Missing, and without it nothing can be built. As root:"
	grep -v "$(names $column build)" "$work/said" | grep '^    ' | tr ' ' '\n' | sort >"$work/named"
	for name in $(names $column other); do
		grep -qxF -e "$name" "$work/named" || wrong "$system: $name is not named"
	done
	# shellcheck disable=SC2086
	has $programs
	ends_with 0
	[ ! -s "$work/said" ] || wrong "$system: nothing is missing"
	rm "$work/bin/scdoc"
	ends_with 0
	says "Missing, and the build goes without man pages:"
	says "    $install scdoc"
	rm "$work/bin/meson"
	ends_with 1
	says "    $install meson"
	echo "ok: $system: the missing are named, and nothing is started"
done

system=none
system another
ends_with 1
says "    (no package manager that is known here) cc meson ninja pkg-config libseccomp libcap-ng"
echo "ok: where none of them is, it is named what is looked for"

# --- what was installed since is in the next build

system dnf
# shellcheck disable=SC2086
has $programs make cat mkdir
rm "$work/bin/scdoc" "$work/bin/meson" "$work/bin/ninja"
printf '#!/bin/sh\n[ "$1" != setup ] || echo "$@" >>"%s/setups"\n[ -d "%s/made" ] || mkdir "%s/made"\n: >"%s/made/build.ninja"\n' \
	"$work" "$work" "$work" "$work" >"$work/bin/meson"
printf '#!/bin/sh\n' >"$work/bin/ninja"
chmod +x "$work/bin/meson" "$work/bin/ninja"
# makes WANTED: by these calls of meson setup so far
makes() {
	PATH="$work/bin" make BUILD="$work/made" >"$work/said" 2>&1 || wrong "make fails"
	[ "$(cat "$work/setups")" = "$1" ] || { cat "$work/setups"; wrong "that is how the build was set up, and not: $1"; }
}
first="setup $work/made --prefix /usr/local"
makes "$first"
makes "$first"
has scdoc
makes "$first
setup --wipe $work/made"
makes "$first
setup --wipe $work/made"
echo "ok: what was installed since is in the next build"

# --- and what a build without them can't do, it says

mkdir "$work/build"
! ci/demo.sh "$work/build" >"$work/said" 2>&1 || wrong "a demo of nothing"
grep -q 'this build has no msrd: `make deps` says' "$work/said" || wrong "the demo does not say what is missing"
echo "ok: a demo of a build that lacks a part says so"

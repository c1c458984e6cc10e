#!/bin/sh
# SPDX-License-Identifier: MIT
# What is missing of ci/deps.tsv: with apt it is installed, or named where that is not allowed; on
# other systems it is named, by their names. Exit status 1: a build can't be.
# More Debian packages can be named as arguments. "a|b": either will do.
# --lacking: how each of them is found that is not there, a line each, and nothing else.
set -eu
table=$(dirname "$0")/deps.tsv
tab=$(printf '\t')

# --- Debian and its like

is_installed() {
	[ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]
}

install_missing() {
	missing=
	for package; do
		is_installed "${package%|*}" || is_installed "${package#*|}" || missing="$missing ${package%|*}"
	done
	[ -n "$missing" ] || exit 0

	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as_root=sudo
	else
		echo "Missing packages, and no right to install them. Ask an administrator for:" >&2
		echo "    apt-get install$missing" >&2
		exit 1
	fi
	echo "Installing:$missing"
	$as_root apt-get update -qq
	# shellcheck disable=SC2086
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

# --- all others, where it is looked for

# is_there LOOK
is_there() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
	pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
	header:*) [ -e "/usr/include/${1#header:}" ] || [ -e "/usr/local/include/${1#header:}" ] ;;
	*) echo "deps.tsv: $1 is no way to look" >&2 && exit 2 ;;
	esac
}

lacking() {
	grep -v '^#' "$table" | cut -f 5 | while read -r look; do
		is_there "$look" || echo "$look"
	done
}

# name_missing COMMAND COLUMN: COMMAND PACKAGE… is what an administrator would type
name_missing() {
	install=$1 column=$2
	shift 2
	needed='' lacking='' parts=''
	while IFS=$tab read -r apt dnf zypper pacman look purpose; do
		case $apt in "#"* | "") continue ;; esac
		! is_there "$look" || continue
		case $column in
		dnf) name=$dnf ;;
		zypper) name=$zypper ;;
		pacman) name=$pacman ;;
		*) name=${look#*:} ;;
		esac
		if [ "$purpose" = build ]; then
			needed="$needed $name"
			continue
		fi
		case " $lacking " in *" $name "*) ;; *) lacking="$lacking $name" ;; esac
		case "$parts," in *", $purpose,"*) ;; *) parts="$parts, $purpose" ;; esac
	done <"$table"

	if [ -n "$lacking" ]; then
		echo "Missing, and the build goes without ${parts#, }:" >&2
		echo "    $install$lacking" >&2
	fi
	[ $# = 0 ] || echo "Asked for besides, by their names in Debian: $*" >&2
	[ -n "$needed" ] || exit 0
	echo "Missing, and without it nothing can be built. As root:" >&2
	echo "    $install$needed" >&2
	exit 1
}

if [ "${1:-}" = --lacking ]; then
	lacking
elif command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
	# shellcheck disable=SC2046
	install_missing $(sed -n "s/^\([^#$tab][^$tab]*\)$tab.*/\1/p" "$table") "$@"
elif command -v dnf >/dev/null 2>&1; then
	name_missing "dnf install" dnf "$@"
elif command -v zypper >/dev/null 2>&1; then
	name_missing "zypper install" zypper "$@"
elif command -v pacman >/dev/null 2>&1; then
	name_missing "pacman -S --needed" pacman "$@"
else
	name_missing "(no package manager that is known here)" none "$@"
fi

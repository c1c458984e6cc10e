#!/bin/sh
# SPDX-License-Identifier: MIT
# fuse-msr run --likwid: the daemon is under a name that says which LIKWID it speaks with. No
# LIKWID is needed: scripts stand in for its tools.
# usage: likwid-release.sh FUSE-MSR MSRD MSRCTL FIXTURE

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$(realpath "$2") msrctl=$3 fixture=$4
export msrctl

need_node

# likwid NAME TEXT: a LIKWID of that name, whose tool prints that text for -v
likwid() {
	mkdir "$work/$1"
	cat >"$work/$1/likwid-perfctr" <<-END
		#!/bin/sh
		[ "\$1" = -v ] && printf '%s\n' "$2"
	END
	chmod 755 "$work/$1/likwid-perfctr"
}

# with NAME [OPTION…] COMMAND…: where that LIKWID is the one in PATH
with() {
	name=$1
	shift
	PATH=$work/$name:$PATH "$fuse_msr" run --daemon "$msrd" "$@" 2>"$work/stderr"
}

# What the name of the daemon is, what it leads to, and whether it speaks.
cat >"$work/show" <<'END'
unset LD_PRELOAD # not for a program with a sanitizer
daemon=$(command -v likwid-accessD)
echo "$daemon $(realpath "$daemon") $("$msrctl" read --daemon "$daemon" -u ha0,imc3 0xf4 |
	grep -c 0x)"
END

# leads_to DAEMON COMMAND…: the name under which COMMAND's output says that msrd is
leads_to() {
	expected="$1 $msrd 4"
	shift
	"$@" >"$work/out"
	[ "$(cat "$work/out")" = "$expected" ] ||
		{ cat "$work/out" "$work/stderr"; echo "not $expected"; false; }
}

fails_with() {
	expected=$1
	shift
	"$@" >"$work/out"
	status=$?
	if [ $status != 125 ] || ! grep -q -- "$expected" "$work/stderr"; then
		echo "status $status"
		cat "$work/out" "$work/stderr"
		return 1
	fi
}

in_node() {
	echo "/dev/likwid/likwid-$1/likwid-accessD"
}

# --- the release that is found

likwid 5.2.2 'likwid-perfctr -- Version 5.2.2 (commit: 233ab943543480cd46058b34616c174198ba0459)'
likwid 4.0.1 'likwid-perfctr --  Version 4.0.1'
likwid 3.1.3 'likwid-perfctr  3.1.3'
likwid 5.4.1 'likwid-perfctr -- Version 5.4.1 (commit: 0)'
for release in 3.1.3 4.0.1 5.2.2 5.4.1; do
	check "daemon of LIKWID $release speaks its numbers" \
		leads_to "$(in_node "${release%.*}")" with $release --likwid "$fixture" -- sh "$work/show"
done

likwid 9.9.1 'likwid-perfctr -- Version 9.9.1'
check "release that nobody knows is refused" \
	fails_with '9\.9\.1, which is not known' with 9.9.1 --likwid "$fixture" -- true
check "... with those that are known, and the cure" \
	grep -q '3\.1, 4\.0, .*5\.5: .*--likwid=RELEASE' "$work/stderr"
likwid mute 'usage: likwid-perfctr'
check "LIKWID that does not say its version is refused" \
	fails_with 'name it, --likwid=RELEASE' with mute --likwid "$fixture" -- true
check "... but not when it is named" leads_to "$(in_node 5.5)" \
	with mute --likwid=5.5 "$fixture" -- sh "$work/show"

# a tool by its path is of the LIKWID that it is installed with
ln -s "$work/show" "$work/5.4.1/likwid-topology"
sed -i '1i #!/bin/sh' "$work/show"
chmod 755 "$work/show"
check "tool by its path is of its own LIKWID" leads_to "$(in_node 5.4)" \
	with 4.0.1 --likwid "$fixture" -- "$work/5.4.1/likwid-topology"

# --- the release that is named

check "named release is the one" leads_to "$(in_node 5.3)" \
	with 4.0.1 --likwid=5.3 "$fixture" -- sh "$work/show"
check "... also with the number of a patch" leads_to "$(in_node 4.3)" \
	with 4.0.1 --likwid=4.3.4 "$fixture" -- sh "$work/show"
for release in 9.9 5 '' /5.2 5.2/ x5.2 5.2x; do
	check "--likwid=$release is refused" \
		fails_with "--likwid=$release: no release.*" with 4.0.1 --likwid="$release" "$fixture" true
done
check "... with those that are known" grep -q '3\.1, 4\.0, .*5\.5$' "$work/stderr"

# --- PATH and --daemon

# shellcheck disable=SC2016
check "PATH stays, behind one more directory" \
	[ "$(with 4.0.1 --likwid "$fixture" -- sh -c 'echo $PATH')" = \
		"/dev/likwid/likwid-4.0:$work/4.0.1:$PATH" ]
mkdir "$work/others"
printf '#!/bin/sh\n' >"$work/others/likwid-accessD"
chmod 755 "$work/others/likwid-accessD"
ln -s ../4.0.1/likwid-perfctr "$work/others/likwid-perfctr"
check "daemon of somebody else in PATH comes later" leads_to "$(in_node 4.0)" \
	with others --likwid "$fixture" -- sh "$work/show"
# shellcheck disable=SC2016
check "... but COMMAND's own PATH counts" \
	[ "$(with 4.0.1 --likwid "$fixture" -- env PATH="$work/others:$PATH" \
		sh -c 'command -v likwid-accessD')" = "$work/others/likwid-accessD" ]

mkdir "$work/likwid-5.3" "$work/likwid-9.9"
for release in 5.3 9.9; do
	ln -s "$msrd" "$work/likwid-$release/likwid-accessD"
	ln -s ../4.0.1/likwid-perfctr "$work/likwid-$release/likwid-perfctr"
done
check "the node's daemon in the user's PATH is taken from there" \
	leads_to "$work/likwid-5.3/likwid-accessD" with likwid-5.3 --likwid "$fixture" -- sh "$work/show"
check "... unless another release is named" leads_to "$(in_node 5.4)" \
	with likwid-5.3 --likwid=5.4 "$fixture" -- sh "$work/show"
check "... or its folder names none that is known" leads_to "$(in_node 4.0)" \
	with likwid-9.9 --likwid "$fixture" -- sh "$work/show"
check "--daemon in a folder with a release serves the LIKWID that is found" \
	leads_to "$(in_node 4.0)" with 4.0.1 --likwid \
	--daemon "$work/likwid-5.3/likwid-accessD" "$fixture" -- sh "$work/show"
cp "$msrd" "$work/others/own"
# shellcheck disable=SC2016
check "--daemon is what the name leads to" \
	[ "$(with 4.0.1 --likwid --daemon "$work/others/own" "$fixture" -- \
		sh -c 'realpath $(command -v likwid-accessD)')" = "$work/others/own" ]

as_others "$0" "$@"
finish

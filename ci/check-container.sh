#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds ci/Containerfile as it stands, on a bare Debian 12 from where this machine has its packages,
# and runs the lines of fuse-msr/CI.md that use it. Wants podman, and a user with subordinate ids.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d /var/tmp/msrd-container-XXXXXX)
in_namespace() { unshare --user --map-root-user --map-auto --mount "$@"; }
# an ordinary user's podman keeps a process for his namespace; files may be of its other users
end() {
	pause=$(find "$work/run" -name pause.pid -exec cat {} + 2>/dev/null) || :
	[ -z "$pause" ] || kill "$pause" 2>/dev/null || :
	in_namespace rm -rf "$work/storage" || :
	in_namespace rm -rf "$work/index" || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above

# what belongs to podman lies here; an ordinary user's runtime is runc (tests/node/containers.sh)
mkdir -m 700 "$work/run"
cat >"$work/containers.conf" <<END
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "$work/run/libpod"
END
# layers upon each other, where this kernel lets a user have them; else each is a copy
mkdir "$work/lower" "$work/upper" "$work/index" "$work/merged"
driver=vfs
! in_namespace mount -t overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/index,userxattr" \
	overlay "$work/merged" 2>/dev/null || driver=overlay
cat >"$work/storage.conf" <<END
[storage]
driver = "$driver"
graphroot = "$work/storage"
runroot = "$work/run/storage"
rootless_storage_path = "$work/storage"
END
export CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"
export XDG_RUNTIME_DIR="$work/run"

apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" "Origin: Debian" |
	mmdebstrap --quiet --mode=unshare --variant=minbase bookworm "$work/bare.tar" -
export TMPDIR="$work" HOME="$work"
podman import --quiet "$work/bare.tar" localhost/bare >/dev/null
rm "$work/bare.tar"

# what is committed, and the line of the page with a base that needs no registry
git -c safe.directory='*' clone -q . "$work/project"
cd "$work/project"
line=$(sed -n 's/^ *\(podman build .*\)$/\1/p' "$root/fuse-msr/CI.md")
[ -n "$line" ] || { echo "fuse-msr/CI.md has no line with podman build"; exit 1; }
grep -qF "#     $line" ci/Containerfile || { echo "ci/Containerfile does not say: $line"; exit 1; }
echo "$line"
eval "${line% .} --build-arg BASE=localhost/bare --pull-never --layers=false --isolation=chroot ." >"$work/log" 2>&1 ||
	{ tail -n 40 "$work/log"; exit 1; }

n=0
sed -n 's/^ *\(podman run .* node\( .*\)*\)$/\1/p' "$root/fuse-msr/CI.md" >"$work/lines"
while read -r line; do
	n=$((n + 1))
	echo "$line"
	eval "timeout 60 $line" </dev/null >"$work/out" || { cat "$work/out"; echo "FAILED: $line"; exit 1; }
	sed 's/^/    /' "$work/out"
	[ -s "$work/out" ] || { echo "FAILED: it says nothing"; exit 1; }
done <"$work/lines"
[ $n -ge 3 ] || { echo "fuse-msr/CI.md has only $n lines with podman run and the image"; exit 1; }

# the register is the node's, and nothing is left but what runs
podman run --rm --device /dev/fuse node fuse-msr run xeon-e5-2680-2s -- msrctl read -c 15 MSR_PLATFORM_INFO |
	grep -q '^ *15 .*0x00000c006c011b00$' || { echo "FAILED: the node's register is another"; exit 1; }
! podman run --rm node sh -c 'command -v gcc meson' ||
	{ echo "FAILED: what builds is in the image"; exit 1; }
! podman run --rm node fuse-msr run xeon-e5-2680-2s -- true >"$work/out" 2>&1 &&
	grep -q -e '--device /dev/fuse' "$work/out" || { cat "$work/out"; echo "FAILED: without the device the cure is not said"; exit 1; }
echo "the image is what fuse-msr/CI.md says"

#!/bin/sh
# SPDX-License-Identifier: MIT
# The workflow of fuse-msr/CI.md, step by step as it stands, in a bare Debian 12 of its own; then the
# packages that the page names, in another one. Wants an ordinary user with subordinate ids.
# usage: check-workflow.sh [CI.md]
set -eu
page=$(realpath "${1:-$(dirname "$0")/../fuse-msr/CI.md}")
cd "$(dirname "$0")/.."
work=$(mktemp -d /var/tmp/msrd-workflow-XXXXXX)
in_namespace() { unshare --user --map-root-user --map-auto --mount --pid --fork --kill-child "$@"; }
trap 'in_namespace rm -rf "$work"/*; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # else a shell does not get to the line above
mkdir "$work/steps" "$work/bare"

# one file a step: what a service gives to a shell; the last, the packages without a build
python3 - "$page" "$work" <<'END'
import pathlib, re, sys, yaml
text, work = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
(job,) = yaml.safe_load(re.search(r"^```yaml\n(.*?)^```$", text, re.M | re.S)[1])["jobs"].values()
assert job["container"]["image"] == "debian:12", job
runs = [step["run"] for step in job["steps"] if "run" in step]
assert all("run" in step or step["uses"].startswith("actions/checkout@") for step in job["steps"])
for number, run in enumerate(runs):
    (work / f"steps/{number}").write_text(run.rstrip("\n") + "\n")
(packages,) = re.findall(r"^    (apt-get install .*)$", text, re.M)
(work / "packages").write_text(packages + "\n")
END

# a bare Debian 12, from where this machine has its packages
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" "Origin: Debian" |
	mmdebstrap --quiet --mode=unshare --variant=minbase bookworm "$work/bare.tar" -
git clone -q --bare . "$work/msrd.git"

# What happens inside, as the root of a user namespace. A pivot, no chroot: that keeps user namespaces away.
cat >"$work/enter" <<'END'
set -eu
root=$1 work=$2 script=$3
mkdir -p "$root"
[ -d "$root/usr" ] || tar -C "$root" --exclude='./dev/*' -xf "$work/bare.tar"
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root/mnt/work"
mount --bind "$work" "$root/mnt/work"
cd "$root"
pivot_root . .
umount -l .
cd /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	DEBIAN_FRONTEND=noninteractive MSRD=file:///mnt/work/msrd.git sh -ex "/mnt/work/$script"
END

# the project, as a checkout would leave it, and the steps in its folder, each in a shell of its own
cat >"$work/workflow" <<'END'
set +x
# what the clone is of belongs to another user
mkdir /project
printf '[safe]\n\tdirectory = *\n' >/root/.gitconfig
cd /project
printf 'all:\n\tcp /bin/true built\ncheck:\n\t./built\n\tmsrctl read -c 0 0x198\n' >Makefile
for step in $(ls /mnt/work/steps | sort -n); do
	echo "--- step $step"
	cat "/mnt/work/steps/$step"
	sh -e "/mnt/work/steps/$step" >/tmp/log 2>&1 || { tail -n 40 /tmp/log; echo "FAILED: step $step"; exit 1; }
	tail -n 3 /tmp/log
done
cp -a /usr/local /mnt/work/built
END
cat >"$work/elsewhere" <<'END'
set +x
cp -a /mnt/work/built/. /usr/local
ldconfig
! fuse-msr run xeon-e5-2680-2s -- msrctl read -c 0 0x198 2>&1 || { echo "FAILED: it needs no packages"; exit 1; }
apt-get update -qq
cat /mnt/work/packages
sh -e /mnt/work/packages >/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
fuse-msr run xeon-e5-2680-2s -- msrctl read -c 0 0x198
fuse-msr run --cpuid xeon-e5-2680-2s -- true
END
in_namespace sh "$work/enter" "$work/one" "$work" workflow
in_namespace sh "$work/enter" "$work/two" "$work" elsewhere

#!/bin/sh
# SPDX-License-Identifier: MIT
# The container lines of "Use the node in your project's CI", each as it stands, in podman (root's and
# an ordinary user's) and in a docker daemon of the test's own (root's). An image is a folder with
# the node's programs and what they are linked with. Then those of msrd-install(7), by which a
# container comes to the service of its host: a simulated node's, which has another place.
# usage: containers.sh FUSE-MSR MSRD MSRCTL FIXTURES CI.md MSRD-INSTALL.7.scd

. "$(dirname "$0")/lib.sh"
fuse_msr=$1 msrd=$2 msrctl=$3 fixtures=$4 page=$5 install_page=$6
here=$(realpath "$(dirname "$0")")
forgiven="$forgiven engine"
image=$work/image dockerd=

need_node
# Root's container engines want mounts, and leave some: in a namespace of the test's own.
if [ "$(id -u)" = 0 ] && [ "${MSRD_TESTS_MOUNTS:-0}" = 0 ]; then
	MSRD_TESTS_MOUNTS=1 unshare --mount sh "$0" "$@"
	exit
fi

# --- the image

# put FOLDER PROGRAM…: with the libraries that it is linked with
put() {
	folder=$image/$1
	shift
	mkdir -p "$folder"
	for program; do
		cp -L "$program" "$folder"
		for library in $(ldd "$program" | grep -o '/[^ )]*'); do
			mkdir -p "$image${library%/*}"
			cp -L "$library" "$image$library"
		done
	done
}

make_image() {
	put bin "$(command -v sh)"
	put usr/local/bin "$fuse_msr" "$msrctl"
	put usr/local/sbin "$msrd"
	# what ends a thread of libfuse; ldd does not name it
	libc=$(ldd "$fuse_msr" | sed -n 's/.* => \(.*\)\/libc\.so.*/\1/p')
	cp -L "$libc/libgcc_s.so.1" "$image$libc"
	mkdir -p "$image/usr/local/share/msrd/fixtures/documented"
	cp -rL "$fixtures/documented/xeon-e5-2680-2s" "$image/usr/local/share/msrd/fixtures/documented"
	for folder in dev etc proc run sys tmp; do mkdir -p "$image/$folder"; done
	echo "root:x:0:0::/:/bin/sh" >"$image/etc/passwd"
	chmod 1777 "$image/tmp"
	chmod -R a+rX "$image"
}

# --- the engines, which are to leave nothing on this host

# What the page's reader has configured: where things lie, and what the least of machines allows.
# runtime: an ordinary user can't hide a cgroup2 beside cgroups of version 1, which crun refuses.
configure_podman() {
	runtime=runc cgroups=enabled
	if [ "$(id -u)" = 0 ]; then
		mount -t tmpfs -o mode=755 tmpfs /run
		umount /sys/fs/cgroup/unified 2>/dev/null
		runtime=crun cgroups=disabled
	fi
	need podman $runtime
	mkdir -m 700 "$work/run"
	cat >"$work/containers.conf" <<-END
		[containers]
		cgroups = "$cgroups"
		netns = "none"
		default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
		[engine]
		runtime = "$runtime"
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		tmp_dir = "$work/run/libpod"
	END
	cat >"$work/storage.conf" <<-END
		[storage]
		driver = "vfs"
		graphroot = "$work/storage"
		runroot = "$work/run/storage"
		rootless_storage_path = "$work/storage"
	END
	export CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"
	export XDG_RUNTIME_DIR="$work/run" HOME="$work"
}

# An ordinary user's podman keeps a process for his namespace; files in it may be other users'.
end_podman() {
	if [ "$(id -u)" != 0 ]; then
		podman unshare rm -rf "$work/storage" 2>/dev/null
		pause=$(find "$work/run" -name pause.pid -exec cat {} + 2>/dev/null)
		[ -z "$pause" ] || kill "$pause"
	fi
}

start_docker() {
	cgroup=msrd-tests-$$
	mkdir -p "$work/key" "$work/docker" /etc/docker
	mount --bind "$work/key" /etc/docker
	dockerd --host "unix://$work/docker.sock" --data-root "$work/docker" --exec-root "$work/docker-run" \
		--pidfile "$work/docker.pid" --storage-driver vfs --bridge none --iptables=false --ip6tables=false \
		--ip-forward=false --cgroup-parent "/$cgroup" >"$work/dockerd.log" 2>&1 &
	dockerd=$!
	export DOCKER_HOST="unix://$work/docker.sock"
}

import_image() {
	wait_until docker_answers && tar -C "$image" -c . | docker import - node >/dev/null
}

docker_answers() {
	! kill -0 "$dockerd" 2>/dev/null || docker version >/dev/null 2>&1
}

end_docker() {
	[ -n "$dockerd" ] || return
	kill "$dockerd"
	wait "$dockerd"
	umount /etc/docker
	rmdir /etc/docker 2>/dev/null
	find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null
}

# --- the lines

# lines ENGINE: of the page, those that end with a backslash joined
lines() {
	sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba}' "$page" | sed -n "s/^ *\($1 run .*IMAGE COMMAND\).*/\1/p"
}

# run_line LINE IMAGE: with an image and a command in the place of the words that stand for them
run_line() {
	eval "timeout 30 ${1% IMAGE COMMAND} $2"' fuse-msr run xeon-e5-2680-2s -- \
		sh -c "echo shell \$\$; exec msrctl --daemon /usr/local/sbin/msrd read -c 15 MSR_PLATFORM_INFO"' \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
}

reads_register() {
	run_line "$@"
	[ $status = 0 ] && grep -q '^ *15 .*0x00000c006c011b00$' "$work/out" || { cat "$work/out" "$work/err"; false; }
}

# A first process of a namespace whose numbers begin anywhere, or one of the container's.
has_numbers_of_its_own() {
	[ "$(sed -n 's/^shell //p' "$work/out")" -ge 300 ]
}

# refused LINE IMAGE WORDS: fuse-msr names what is missing
refused() {
	run_line "$1" "$2"
	[ $status = 125 ] && grep -qF -e "$3" "$work/err" || { echo "status $status"; cat "$work/out" "$work/err"; false; }
}

# check_lines ENGINE IMAGE
check_lines() {
	lines "$1" >"$work/lines"
	check "$1: the page has lines" [ -s "$work/lines" ]
	while read -r line; do
		check "as it stands: $line" reads_register "$line" "$2"
		case $line in
		*unmask=ALL* | *systempaths=unconfined*)
			check "... and the node's processes have numbers of their own" has_numbers_of_its_own
			;;
		esac
	done <"$work/lines"
}

# --- a service of the host

start_service() {
	mkdir -p "$work/service" "$work/likwid-5.2"
	cp "$msrd" "$work/likwid-5.2/msrd"
	as_service='' manager_ends=$work/service-ends
	if [ "$(id -u)" = 0 ]; then
		capabilities=+sys_rawio,+sys_admin,+dac_override
		as_service="setpriv --reuid=64999 --regid=64999 --clear-groups --no-new-privs
			--bounding-set=-all,$capabilities --inh-caps=$capabilities --ambient-caps=$capabilities"
	fi
	export work as_service manager_ends
	service_socket=$work/service/socket ordinary='' "$fuse_msr" run --daemon "$work/likwid-5.2/msrd" \
		--syslog "$work/service.log" "$fixtures/documented/xeon-e5-2680-2s" -- \
		sh "$here/service-manager.sh" "$work/likwid-5.2/msrd" sh -c \
		': >"$work/service-is-up"; until [ -e "$manager_ends" ]; do sleep 0.05; done' &
	service=$!
	wait_until [ -e "$work/service-is-up" ]
}

end_service() {
	[ -n "$service" ] || return
	: >"$manager_ends"
	wait $service
}

# service_lines ENGINE: as the page has them, but for where the host's folder is
service_lines() {
	sed -n "s/^\t\($1 run .*IMAGE COMMAND\)$/\1/p" "$install_page" | sed "s|--volume /run/msrd:|--volume $work/service:|"
}

# asks_service LINE IMAGE: a register of the node is read, on a CPU that the container's host may not have
asks_service() {
	eval "timeout 30 ${1% IMAGE COMMAND} $2"' msrctl --service read -c 15 0xce' >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status = 0 ] && grep -q '^ *15 .*0x00000c006c011b00$' "$work/out" || { echo "status $status"; cat "$work/out" "$work/err"; false; }
}

service=
trap 'end_service; end_podman; end_docker; rm -rf "$work"' EXIT
make_image
configure_podman
# docker's daemon takes its time
[ "$(id -u)" != 0 ] || ! command -v dockerd >/dev/null || start_docker
check_lines podman "--rootfs $image"
check "podman: /dev/fuse is needed" refused "podman run --rm IMAGE COMMAND" "--rootfs $image" "--device /dev/fuse"

check "the host has a service" start_service
service_lines podman >"$work/lines"
check "podman: the page has lines for the service" [ -s "$work/lines" ]
while read -r line; do
	check "by the service: $line" asks_service "$line" "--rootfs $image"
done <"$work/lines"

if [ "$(id -u)" != 0 ]; then
	leave_out engine "docker: its daemon wants root"
elif ! command -v dockerd >/dev/null; then
	leave_out docker "dockerd is not installed"
elif ! import_image; then
	tail -n 5 "$work/dockerd.log"
	leave_out docker "dockerd does not run here"
else
	check_lines docker node
	line=$(lines docker | head -n 1)
	check "... also for an ordinary user in it" reads_register "$line" "--user 65534 node"
	check "by the service: $(service_lines docker)" asks_service "$(service_lines docker)" node
	check "docker: its seccomp profile keeps the node away" refused \
		"docker run --rm --device /dev/fuse IMAGE COMMAND" node "--cap-add SYS_ADMIN --cap-add SYS_RAWIO"
fi
[ "$(id -u)" != 0 ] || as_others "$0" "$@"
finish

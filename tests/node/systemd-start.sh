#!/bin/sh
# SPDX-License-Identifier: MIT
# On the node: starts systemd, waits for what systemd-client.sh has found out, and ends; the node's
# end takes systemd along. Started by systemd.sh.

group=msrd-test-$$
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir -p /srv/likwid-5.2 /srv/units/msrd.socket.d /srv/units/msrd@.service.d /srv/units/msrd-export.service.d
cp "$msrd" /srv/likwid-5.2/msrd
cp "$msrctl" /srv/msrctl
{ printf 'sessions=%s\n' "$sessions"; cat "$here/systemd-client.sh"; } >/srv/client
cp "$crowd" /srv/crowd
chmod 755 /srv/likwid-5.2/msrd /srv/msrctl /srv/crowd
mkdir -m 755 /srv/msrd
printf '[user 12345]\nsessions 4\n' >/srv/msrd/msrd.conf
chmod 644 /srv/msrd/msrd.conf
cp "$socket_unit" /srv/units/
# installed elsewhere, and in a system without any other unit
sed 's,^ExecStart=.*/likwid-5.2/msrd$,ExecStart=/srv/likwid-5.2/msrd,' "$service_unit" \
	>"/srv/units/msrd@.service"
sed 's,^ExecStart=[^ ]*,ExecStart=/srv/msrctl,' "$export_unit" >/srv/units/msrd-export.service
printf '[Unit]\nDefaultDependencies=no\n' >/srv/units/msrd.socket.d/test.conf
# a new /proc is the host's: the node's files come into it
cat >/srv/units/msrd@.service.d/test.conf <<-END
	[Unit]
	DefaultDependencies=no
	[Service]
	BindReadOnlyPaths=/srv/proc/cpuinfo:/proc/cpuinfo
	BindPaths=/srv/proc/bus:/proc/bus
END
# a configuration, which the host has not
cat >/srv/units/msrd@.service.d/limits.conf <<-END
	[Service]
	TemporaryFileSystem=/etc:mode=0755
	BindReadOnlyPaths=/srv/msrd:/etc/msrd /srv/passwd:/etc/passwd
	END
# what it is to be asked of
[ "$has_http" != yes ] || : >/srv/has_http
# any port that is free, which it tells
cat /srv/units/msrd@.service.d/test.conf - >/srv/units/msrd-export.service.d/test.conf <<-'END'
	Environment="MSRD_EXPORT_OPTIONS=--listen 127.0.0.1:0 --textfile /run/msrd-export/msrd.prom --instructions"
	StandardOutput=append:/srv/export.out
	StandardError=append:/srv/export.err
END
cat >/srv/units/test.target <<-END
	[Unit]
	DefaultDependencies=no
	Wants=msrd.socket client.service
END
cat >/srv/units/client.service <<-END
	[Unit]
	DefaultDependencies=no
	After=msrd.socket
	[Service]
	Type=oneshot
	ExecStart=/bin/sh -c 'exec sh /srv/client >/srv/result 2>&1'
END
{ cat /etc/passwd; printf '%s:x:%s:%s::/:/usr/sbin/nologin\n' msrd 64999 64999 msrd-export 64998 64998; } >/srv/passwd
{ cat /etc/group; printf '%s:x:%s:\n' msrd 64999 msrd-export 64998; } >/srv/group
mount --bind /srv/passwd /etc/passwd
mount --bind /srv/group /etc/group
mkdir -p /srv/proc/bus
: >/srv/proc/cpuinfo
mount --bind /proc/cpuinfo /srv/proc/cpuinfo
mount --bind /proc/bus /srv/proc/bus

# control groups of systemd's own, below those that this process is in
groups=
for controller in . systemd unified devices pids memory; do
	folder=/sys/fs/cgroup/$controller
	[ -e "$folder/cgroup.procs" ] && mkdir "$folder/$group" 2>/dev/null || continue
	echo $$ >"$folder/$group/cgroup.procs" && groups="$groups $folder"
done
cat >/srv/init <<-'END'
	mount --make-rprivate /
	mount -t proc proc /proc
	mount --bind /srv/proc/cpuinfo /proc/cpuinfo
	mount --bind /srv/proc/bus /proc/bus
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		umount -R /sys/fs/cgroup
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
	else
		umount -R /sys/fs/cgroup
		mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
		for controller in cpu cpuacct cpuset devices freezer blkio pids memory; do
			mkdir /sys/fs/cgroup/$controller
			mount -t cgroup -o $controller $controller /sys/fs/cgroup/$controller ||
				rmdir /sys/fs/cgroup/$controller
		done
		mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
		mount -t cgroup -o none,name=systemd systemd /sys/fs/cgroup/systemd
		mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
	fi
	mount -t tmpfs -o mode=755 tmpfs /run
	export container=other SYSTEMD_UNIT_PATH=/srv/units
	exec "$systemd" --system --unit=test.target
END
unshare --cgroup --pid --fork --kill-child --mount sh /srv/init &
init=$!

tries=0
until grep -q '^done$' /srv/result 2>/dev/null; do
	tries=$((tries + 1))
	# nothing at all after 15 s: it does not start
	[ -e /srv/result ] || [ $tries -lt 750 ] || break
	[ $tries -lt $((7500 + sessions * 50)) ] || break
	kill -0 $init 2>/dev/null || break
	sleep 0.02
done
[ ! -e /srv/result ] || : >"$work/started"
cat /srv/result
kill -KILL $init
wait $init 2>/dev/null
for folder in $groups; do
	echo $$ >"$folder/cgroup.procs"
	tries=0
	until find "$folder/$group" -depth -type d -exec rmdir {} + 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 250 ] || break
		sleep 0.02
	done
done

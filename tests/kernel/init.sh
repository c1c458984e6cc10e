#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# The first and only process of the machine that run.sh starts: says "ok: …" or "FAILED: …" of each
# sentence, on the serial line, and switches off. checks=… on the kernel's command line says which.

# What the daemon in this tree is to do besides: "privileges" (left in a session), "restore" (what a
# client that disconnects has written is written back), "service" (a manager hands it its client).
expected="privileges service restore"

export PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/bin:/sbin
/bin/busybox mkdir -p /usr/bin /sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
exec </dev/null >/dev/console 2>&1
echo "# Linux $(uname -r) after $(cut -d ' ' -f 1 /proc/uptime) s"
syslogd -O /run/log
lock=/var/run/likwid.lock

check() {
	sentence=$1
	shift
	if "$@"; then
		echo "ok: $sentence"
	else
		echo "FAILED: $sentence"
	fi
}

as_user() {
	/usr/bin/setpriv --reuid=user --regid=user --clear-groups "$@"
}

# register CPU ADDRESS: as the kernel gives it to root.
register() {
	dd if="/dev/cpu/$1/msr" bs=8 count=1 iflag=skip_bytes skip=$(($2)) 2>/dev/null |
		od -A n -t x8 | sed 's/^ *0*\(.\)/0x\1/'
}

has_register() {
	now=$(register "$1" "$2")
	[ -n "$now" ] && [ "$now" = "$3" ] || { echo "# register $2 of CPU $1 is $now"; return 1; }
}

is_expected() {
	case " $expected " in *" $1 "*) ;; *) return 1 ;; esac
}

# The two installations (a service has none), and what follows from each.
install_setuid() {
	mkdir -p /setuid && cp /usr/local/sbin/msrd /setuid/msrd && chmod 4755 /setuid/msrd
}

install_capabilities() {
	mkdir -p /capabilities && mount -t tmpfs -o mode=755 tmpfs /capabilities &&
		cp /usr/local/sbin/msrd /capabilities/msrd && chmod 755 /capabilities/msrd &&
		file-capabilities /capabilities/msrd
}

no_socket_is_left() {
	! ls /tmp/likwid-* 2>/dev/null
}

# fails_saying STATUS TEXT COMMAND…
fails_saying() {
	want=$1 text=$2
	shift 2
	said=$("$@" 2>&1)
	r=$?
	[ $r = "$want" ] && echo "$said" | grep -q "$text" || { echo "# status $r: $said"; return 1; }
}

logged() {
	grep -q "$1" /run/log || { echo "# logged:"; sed 's/^/# /' /run/log; return 1; }
}

# told REASON WHAT COMMAND…: what the daemon itself tells a script at the first access
told() {
	reason=$1 what=$2
	shift 2
	said=$("$@" --json 2>&1)
	check "$what: a script is told $reason" has_reason "$reason" "$said"
}

has_reason() {
	echo "$2" | grep -q "\"reason\": \"$1\"" || { echo "# $2"; return 1; }
}

# What takes privileges away from a daemon that is installed right, or what it is not given.
reasons() {
	read="read -c 0 0x198"
	mkdir -p /plain /nosuid && cp /usr/local/sbin/msrd /plain/msrd && chmod 755 /plain/msrd
	mount -t tmpfs -o mode=755,nosuid tmpfs /nosuid &&
		cp /usr/local/sbin/msrd /nosuid/msrd && chmod 4755 /nosuid/msrd
	told installed "installed like any program" as_user msrctl --daemon /plain/msrd $read
	told nosuid "file system without setuid" as_user msrctl --daemon /nosuid/msrd $read
	told no-new-privs "no_new_privs" as_user /usr/bin/setpriv --no-new-privs \
		msrctl --daemon /setuid/msrd $read
	told no-new-privs "no_new_privs and capabilities" as_user /usr/bin/setpriv --no-new-privs \
		msrctl --daemon /capabilities/msrd $read
	told user-namespace "user namespace" as_user unshare -U msrctl --daemon /setuid/msrd $read
	told user-namespace "user namespace and capabilities" as_user unshare -U msrctl \
		--daemon /capabilities/msrd $read
	told bounding-set "bounding set" /usr/bin/setpriv --bounding-set=-sys_rawio --reuid=user \
		--regid=user --clear-groups msrctl --daemon /setuid/msrd $read
	touch $lock
	told locked "lock of root's" as_user msrctl --daemon /setuid/msrd $read
	rm -f $lock
	umount /nosuid
}

# The device files are the group's, by the packages' rule and udev where there is one.
files_of_group() {
	if [ -x /bin/udevadm ]; then
		systemd-udevd --daemon && udevadm trigger --action=add --subsystem-match=msr && udevadm settle
		check "the rule of a package gives the device files to the group" \
			[ "$(stat -c '%U:%G %a' /dev/cpu/0/msr /dev/cpu/1/msr | uniq)" = "root:msrd 660" ]
		udevadm control --exit
	else
		chown root:msrd /dev/cpu/*/msr && chmod 660 /dev/cpu/*/msr
	fi
}

# The daemon is of the group that has the files. What else the kernel asks for it has or has not.
group() {
	mkdir -p /group && mount -t tmpfs -o mode=755 tmpfs /group &&
		cp /usr/local/sbin/msrd /group/msrd && chown root:msrd /group/msrd && chmod 2755 /group/msrd
	files_of_group
	told installed "setgid alone, which is not enough" as_user msrctl --daemon /group/msrd read -c 0 0x198
	file-capabilities /group/msrd sys_rawio
	touch $lock && chown user: $lock
	status=$(register 1 0x198) misc=$(register 1 0x1a0)
	changed=$(printf '0x%x' $((misc ^ 0x4000000000)))
	check "setgid with cap_sys_rawio: it reads what root reads" \
		[ "$(as_user msrctl --daemon /group/msrd read -c 1 0x198 | grep -ci "0x0*${status#0x}\b")" = 1 ]
	check "setgid with cap_sys_rawio: a write is written" as_user session /group/msrd write "$changed"
	check "setgid with cap_sys_rawio: ... in the register, as root sees it" has_register 1 0x1a0 "$changed"
	check "setgid with cap_sys_rawio: ... and back" as_user session /group/msrd write "$misc"
	rm -f $lock
	chown root:root /dev/cpu/*/msr && chmod 600 /dev/cpu/*/msr
	told few-capabilities "cap_sys_rawio without the group" as_user msrctl --daemon /group/msrd read -c 0 0x198
	umount /group
}

# As a client asks for it.
switch_cpu() {
	for word in offline online; do
		tries=0
		until [ -e /tmp/$word ] || [ $tries -ge 500 ]; do
			tries=$((tries + 1))
			usleep 20000
		done
		[ $word = online ] && value=1 || value=0
		echo $value >/sys/devices/system/cpu/cpu1/online
	done
}

# What is the same whoever starts it; $1: setuid or capabilities
without_module() {
	: >/run/log
	check "$1: without the module every access is answered" as_user session "/$1/msrd" unready
	check "$1: without the module the log names the cure" logged "modprobe msr"
	check "$1: without the module msrctl read fails" \
		fails_saying 1 "read of MSR 0x198 on CPU 0" as_user msrctl --daemon "/$1/msrd" read -c 0 0x198
	told module "$1, without the module" as_user msrctl --daemon "/$1/msrd" read -c 0 0x198
	check "$1: without the module msrctl info names the cure" \
		fails_saying 1 "modprobe msr" as_user msrctl --daemon "/$1/msrd" info
}

with_module() {
	msrd=/$1/msrd
	touch $lock && chown user: $lock # the user's machine, who may then write features
	status=$(register 1 0x198) misc=$(register 1 0x1a0) others=$(register 0 0x1a0)
	changed=$(printf '0x%x' $((misc ^ 0x4000000000)))
	check "$1: reads, refusals, exit and disconnect" as_user session "$msrd" registers "$status"
	check "$1: msrctl reads what root reads" \
		[ "$(as_user msrctl --daemon "$msrd" read -c 1 0x198 | grep -ci "0x0*${status#0x}\b")" = 1 ]
	check "$1: msrctl is told of a refusal" \
		fails_saying 1 "0x1d9 on CPU 0: register not allowed" as_user msrctl --daemon "$msrd" read -c 0 0x1d9
	check "$1: a write is written" as_user session "$msrd" write "$changed"
	check "$1: ... in the register, as root sees it" has_register 1 0x1a0 "$changed"
	check "$1: ... of that CPU only" has_register 0 0x1a0 "$others"
	check "$1: ... and back" as_user session "$msrd" write "$misc"
	check "$1: ... as root sees it" has_register 1 0x1a0 "$misc"
	check "$1: a client writes and disconnects" as_user session "$msrd" abandon "$changed"
	if is_expected restore; then
		check "$1: what it wrote is written back" has_register 1 0x1a0 "$misc"
	fi
	as_user session "$msrd" write "$misc" >/dev/null 2>&1
	rm -f $lock
	echo 0 >/sys/devices/system/cpu/cpu1/online
	check "$1: a CPU that is offline is answered, the other goes on" as_user session "$msrd" offline
	echo 1 >/sys/devices/system/cpu/cpu1/online
	rm -f /tmp/offline /tmp/online
	switch_cpu &
	check "$1: a CPU that goes offline during a session works again when it is back" \
		as_user session "$msrd" hotplug
	wait $!
	privileges "$1"
	check "$1: no socket is left" no_socket_is_left
}

# What a process that serves is to have left; else only what it is.
privileges() {
	if is_expected privileges; then
		check "$1: it serves without privileges" as_user session "/$1/msrd" "privileges-$1"
	else
		check "$1: it serves, with these privileges" as_user session "/$1/msrd" status
	fi
}

# Nothing is privileged but what starts it: systemd's own activation, as msrd@.service has it.
# A service waits for nobody, so there is no time-out.
start_service() {
	socket=/run/msrd/socket capabilities=+sys_rawio,+sys_admin,+dac_override
	mkdir -p /run/msrd
	rm -f $socket
	systemd-socket-activate --accept --inetd --listen=$socket /usr/bin/setpriv --reuid=msrd \
		--regid=msrd --clear-groups --inh-caps=$capabilities --ambient-caps=$capabilities \
		/usr/local/sbin/msrd >/run/activate 2>&1 &
	manager=$!
	until [ -S $socket ]; do usleep 20000; done
	chmod 666 $socket
}

stop_service() {
	kill $manager 2>/dev/null
	wait $manager 2>/dev/null
	check "service: no daemon is left" no_daemon_is_left
}

service_without_module() {
	start_service
	: >/run/log
	check "service: without the module every access is answered" as_user session $socket unready
	check "service: without the module the log names the cure" logged "modprobe msr"
	told module "service, without the module" as_user msrctl read -c 0 0x198
	check "service: without the module msrctl info names the cure" \
		fails_saying 1 "modprobe msr" as_user msrctl info
	stop_service
}

service() {
	start_service
	touch $lock && chown user: $lock
	status=$(register 1 0x198) misc=$(register 1 0x1a0)
	changed=$(printf '0x%x' $((misc ^ 0x4000000000)))
	check "service: reads, refusals, exit and disconnect" as_user session $socket registers "$status"
	check "service: msrctl finds it by itself, and reads what root reads" \
		[ "$(as_user msrctl read -c 1 0x198 | grep -ci "0x0*${status#0x}\b")" = 1 ]
	check "service: a write is written" as_user session $socket write "$changed"
	check "service: ... in the register, as root sees it" has_register 1 0x1a0 "$changed"
	check "service: ... and back" as_user session $socket write "$misc"
	check "service: ... as root sees it" has_register 1 0x1a0 "$misc"
	check "service: each client's daemon ends" no_daemon_is_left
	check "service: a client writes and disconnects" as_user session $socket abandon "$changed"
	check "service: ... its daemon ends" no_daemon_is_left
	check "service: ... and what it wrote is written back" has_register 1 0x1a0 "$misc"
	check "service: ... by the daemon, which says so" logged "0 read, 1 written, 1 restored"
	check "service: it serves without privileges" as_user session $socket privileges-service
	stop_service
	rm -f $lock
}

no_daemon_is_left() {
	tries=0
	while pidof msrd >/dev/null && [ $tries -lt 500 ]; do
		tries=$((tries + 1))
		usleep 20000
	done
	! pidof msrd
}

# locked_down NAME MSRD|SOCKET
locked_down() {
	touch $lock && chown user: $lock
	misc=$(register 1 0x1a0)
	: >/run/log
	check "$1, locked down: reads are answered, writes fail" \
		as_user session "$2" lockdown "$(printf '0x%x' $((misc ^ 0x4000000000)))"
	check "$1, locked down: nothing was written" has_register 1 0x1a0 "$misc"
	[ -S "$2" ] && how=--service || how=--daemon
	told lockdown "$1, locked down" as_user msrctl "$how=$2" write -c 1 0x1a0 \
		"$(printf '0x%x' $((misc ^ 0x4000000000)))"
	rm -f $lock
}

devices() {
	check "the kernel has no file of an MSR before its module is there" [ ! -e /dev/cpu/0/msr ]
	without_module setuid
	without_module capabilities
	service_without_module
	for way in setuid capabilities; do
		as_user session "/$way/msrd" timeout >"/run/timeout-$way" 2>&1 &
		eval "timeout_$way=$!"
	done
	check "the kernel takes its module" insmod /msr.ko
	# 6e1: protection keys for supervisors, which this model has not
	check "the kernel takes the other module of /dev/cpu" insmod /cpuid.ko
	check "device files behave as the simulated node's for root" \
		device-files root 1a0 4000000000 6e1 0000:00:1f.0 0000:00:04.0
	check "device files behave as the simulated node's for others" \
		as_user device-files others 1a0 4000000000 6e1 0000:00:1f.0 0000:00:04.0
	# answers for run.sh to compare
	probe 1a0 4000000000 6e1 0000:00:1f.0 0000:00:04.0 | sed 's/^/probe: /'
	check "the kernel gives that module back" rmmod cpuid
	echo "# waiting for nobody:" /tmp/likwid-*
	for way in setuid capabilities; do
		eval "wait \$timeout_$way"
		r=$?
		sed 's/^/# /' "/run/timeout-$way"
		check "$way: a daemon that nobody connects to ends after 15 s" [ $r = 0 ]
	done
	reasons
	group
	with_module setuid
	with_module capabilities
	! is_expected service || service
	check "the kernel gives its module back" rmmod msr
	without_module setuid
}

lockdown() {
	check "the kernel is locked down" grep -q '\[integrity\]' /sys/kernel/security/lockdown
	check "the kernel takes its module" insmod /msr.ko
	locked_down setuid /setuid/msrd
	locked_down capabilities /capabilities/msrd
	start_service
	locked_down service $socket
	stop_service
	check "no socket is left" no_socket_is_left
}

mount -t securityfs securityfs /sys/kernel/security
check "msrd is installed setuid root" install_setuid
check "msrd is installed with file capabilities" install_capabilities
checks=$(sed 's/.*checks=\([a-z]*\).*/\1/' /proc/cmdline)
case $checks in
devices | lockdown) $checks && echo "ok: all of it was checked" ;;
*) echo "FAILED: checks=$checks is not known" ;;
esac
poweroff -f

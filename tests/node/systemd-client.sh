#!/bin/sh
# SPDX-License-Identifier: MIT
# What an ordinary user has of the service that systemd runs. Run by it, as client.service; what
# this says goes to systemd.sh.

check() {
	sentence=$1
	shift
	if "$@" >/srv/said 2>&1; then
		echo "ok: $sentence"
	else
		echo "FAILED: $sentence"
		sed 's/^/# /' /srv/said
	fi
}

user="setpriv --reuid=65534 --regid=65534 --clear-groups"
ctl="$user /srv/msrctl --service"

says() {
	grep -q "$1" /srv/said2 || { cat /srv/said2; false; }
}

reads() {
	"$@" >/srv/said2 2>&1 || { cat /srv/said2; false; }
}

daemons() {
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe")" = /srv/likwid-5.2/msrd ] || continue
		pid=${exe%/exe}
		echo "${pid#/proc/}"
	done
}

daemon() {
	daemons | grep -m 1 .
}

# has KEY VALUE: in the daemon's status
has() {
	grep -q "^$1:	*$2$" "/proc/$serving/status" || { cat "/proc/$serving/status"; false; }
}

is_mounted() {
	awk -v at="$1" '$5 == at { options = $6 } END { print options }' "/proc/$serving/mountinfo" |
		grep -q "^$2" || { cat "/proc/$serving/mountinfo"; false; }
}

gone() {
	tries=0
	while daemon >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 2000 ] || { ps -ef; return 1; }
		sleep 0.02
	done
}

# systemd closes a socket for good that lets more than 200 in within 2 s, unless it is told not to.
# Each costs it some time, and the next one waits.
connects_often() {
	$user /usr/bin/python3 -c '
import socket
for i in range(220):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("/run/msrd/socket")' || return 1
	tries=0
	until $ctl read -c 0 0x606 >/srv/said2 2>&1; do
		tries=$((tries + 1))
		! grep -q "no service" /srv/said2 && [ $tries -lt 6 ] || { cat /srv/said2; return 1; }
	done
}

check "msrctl reads an MSR" reads $ctl read -c 0 0x606
check "... its value" says 'a1003$'
check "... writes to an uncore unit" reads $ctl write -u imc0 0xf4 0x10100
check "... which holds it" reads $ctl read -u imc0 0xf4
check "... as it was written" says '0x00010100$'
check "a register that is not listed is refused" sh -c "! $ctl read -c 0 0x1d9"
check "msrctl measures" reads $ctl stat -i 0.2
check "who connects often does not end the service" connects_often

# --- many at once, and after each other

# units of single clients that systemd still has
units() {
	systemctl --no-legend --all --plain list-units 'msrd@*' | grep -c '^msrd@'
}

# of process 1, in KiB, and its descriptors
systemds() {
	awk '$1 == "RssAnon:" { print $2 }' /proc/1/status
	ls /proc/1/fd | wc -l
}

no_more() {
	tries=0
	until [ "$(units)" = 0 ] && set -- "$1" "$2" $(systemds) && [ "$4" -le "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || { units; echo "before: $1 KiB, $2 descriptors, now: $3, $4"; return 1; }
		sleep 0.02
	done
	[ $(($3 - $1)) -le 512 ] || { echo "$1 KiB before, $3 after"; return 1; }
}

check "no daemon is left of those" gone
check "128 clients at once are all served" reads $user /srv/crowd together service 128
sed 's/^/# /' /srv/said2
check "no daemon is left of them" gone
before=$(systemds)
check "sessions after each other are all served" reads $user /srv/crowd row service "$sessions"
sed 's/^/# /' /srv/said2
check "... and leave no unit, and nothing in systemd" no_more $before
check "a user of 4 sessions at a time has 4" reads \
	setpriv --reuid=12345 --regid=12345 --clear-groups /srv/crowd refused service 4
check "... and is told why no more" says \
	'no session for user 12345: you have as many sessions as /etc/msrd/msrd.conf lets one user have'
check "... while another has 20" reads $user /srv/crowd together service 20
check "a user who hangs with all of his costs nobody else" reads /srv/crowd hang 12345 service 4 \
	$user /srv/crowd row service 5

# it is served when its counters are on
check "no daemon is left" gone
$ctl stat -i 60 >/dev/null 2>&1 &
client=$!
until serving=$(daemon); do
	kill -0 $client || break
	sleep 0.02
done
until $ctl read -c 1 0x38d | grep -q 333; do
	kill -0 $client || break
	sleep 0.02
done
check "a session has its own account" has Uid "64999	64999	64999	64999"
for set in CapInh CapPrm CapEff CapAmb; do
	check "... no capability in $set" has $set 0000000000000000
done
check "... and no way to get one" has NoNewPrivs 1
check "its file system is read-only" is_mounted / ro
check "... so are the kernel's settings" is_mounted /proc/sys ro
check "... and /sys" is_mounted /sys ro
check "... but not config space" is_mounted /sys/devices rw
check "other users' files are out of its sight" is_mounted /home ro
kill -KILL $client
check "a client that is killed takes its daemon with it" gone

# --- the exporter

export_pid() {
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe")" = /srv/msrctl ] && grep -q '^Uid:	64998' "${exe%/exe}/status" || continue
		pid=${exe%/exe}
		echo "${pid#/proc/}"
		return
	done
	return 1
}

exports() {
	systemctl start --no-block msrd-export.service || return 1
	tries=0
	until grep -q '^writing' /srv/export.out 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 1500 ] || { cat /srv/export.out /srv/export.err; systemctl status msrd-export.service; return 1; }
		sleep 0.02
	done
}

# serves PATTERN: this is among what the exporter's unit serves
serves() {
	/usr/bin/python3 -c '
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=30).read().decode())' "$url" >/srv/said2 2>&1 &&
		grep -q "$1" /srv/said2 || { cat /srv/said2 /srv/export.err; false; }
}

serves_at_last() {
	tries=0
	until serves "$1" >/srv/said3; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] && export_pid >/srv/pid || { cat /srv/said3; return 1; }
		sleep 0.1
	done
}

ended() {
	systemctl stop msrd-export.service && ! export_pid && [ ! -e /run/msrd-export/msrd.prom ] ||
		{ cat /srv/export.err; ls -l /run/msrd-export; return 1; }
}

# what the exporter programs
programmed() {
	$ctl read -c 0 0x38d && $ctl read -c 0 0x38f && $ctl read -u imc0 0xd8
}

# restarted PID: systemd has started another one, which is ready
restarted() {
	tries=0
	until now=$(export_pid) && [ "$now" != "$1" ] && [ "$(grep -c '^writing' /srv/export.out)" = 2 ]; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || { cat /srv/export.out /srv/export.err; systemctl status msrd-export.service; return 1; }
		sleep 0.02
	done
}

as_before() {
	programmed >/srv/after 2>&1
	diff /srv/before /srv/after
}

# what waits to be started again has not failed
fails() {
	systemctl start --no-block msrd-export.service
	tries=0
	until [ "$(systemctl is-failed msrd-export.service)" = failed ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { systemctl status msrd-export.service; return 1; }
		sleep 0.1
	done
}

differs() {
	! as_before
}

if [ -e /srv/has_http ]; then
	programmed >/srv/before 2>&1
	check "the exporter's unit starts, through the service" exports
	url=$(sed -n 's/^listening at //p' /srv/export.out)
	check "... and reads registers" serves '^msrd_up 1$'
	check "... energies" serves '^msrd_package_joules_total{socket="1"} '
	check "... also what it has to program" serves '^msrd_memory_read_bytes_total{socket="1"} '
	check "... and nothing is missing" sh -c '! grep "^msrd_unavailable{" /srv/said2'
	check "anybody may read its file" reads $user grep msrd_up /run/msrd-export/msrd.prom
	serving=$(export_pid)
	check "it has its own account" has Uid "64998	64998	64998	64998"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		check "... no capability in $set" has $set 0000000000000000
	done
	check "... and no way to get one" has NoNewPrivs 1
	check "its file system is read-only" is_mounted / ro
	check "... so is /sys" is_mounted /sys ro
	check "it has no complaint" sh -c '! grep . /srv/export.err'
	check "what it has programmed can be seen" differs
	# the daemons first: they would put back what he had programmed
	# shellcheck disable=SC2046
	kill -KILL $(daemons) "$serving"
	check "one that is killed, and its daemons with it, is started again" restarted "$serving"
	url=$(sed -n 's/^listening at //p' /srv/export.out | tail -n 1)
	systemctl stop msrd.socket
	# shellcheck disable=SC2046
	kill -KILL $(daemons)
	check "where the service is stopped it goes on, and is down" serves_at_last '^msrd_up 0$'
	systemctl start msrd.socket
	check "... until the service is there again" serves_at_last '^msrd_up 1$'
	check "it ends with its unit, and its file with it" ended
	check "... what also the killed one has programmed is put back" as_before
	check "... its daemons, too" gone
	printf '[Service]\nEnvironment=MSRD_EXPORT_OPTIONS=--wrong\n' >/srv/units/msrd-export.service.d/wrong.conf
	systemctl daemon-reload
	check "with wrong options it fails, and is not started again and again" fails
fi
echo "done"

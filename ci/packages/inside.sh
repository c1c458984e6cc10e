#!/bin/sh
# SPDX-License-Identifier: MIT
# Inside a bare Debian 12, as its root: the packages in first/ are installed, used, upgraded to those
# in next/, removed and purged, and then the RPMs. What an administrator types is taken from
# msrd-install(7). What something says that goes wrong is on standard output.
set -u
cd "$(dirname "$0")" || exit 1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root
echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/yes
names="msrd msrctl libmsrd0 libmsrd-dev fuse-msr likwid-msrd"
conf=/etc/msrd/msrd.conf
n_failed=0

check() {
	sentence=$1
	shift
	if "$@"; then
		echo "ok: $sentence"
	else
		echo "FAILED: $sentence"
		n_failed=$((n_failed + 1))
	fi
}

# apt COMMAND ARGUMENT…: without a word when all is well; who has changed a file keeps it
apt() {
	apt-get -qq -o Dpkg::Options::=--force-confold --no-install-recommends "$@" >/tmp/apt 2>&1 || { cat /tmp/apt; false; }
}

# typed WORDS: the one line of the page that begins with them
typed() {
	MANWIDTH=200 man msrd-install | sed -n "s|^ *\($1.*\)|\1|p" >/tmp/typed
	[ "$(wc -l </tmp/typed)" = 1 ] || { echo "msrd-install(7) has not one line with '$1':" && cat /tmp/typed; return 1; }
	cat /tmp/typed
}

# types WORDS: that line is run, but for what a systemd that runs would do
types() {
	line=$(typed "$1") || { echo "$line"; return 1; }
	line=$(echo "$line" | sed 's/^\(systemctl .*\)--now /\1/')
	echo "# $line"
	eval "$line" >/tmp/said 2>&1 || { cat /tmp/said; false; }
}

mode_is() {
	[ "$(stat -c '%U:%G %a' /usr/sbin/msrd)" = "$1" ] || { stat /usr/sbin/msrd; false; }
}

files() {
	# shellcheck disable=SC2086
	dpkg -L $names | sort -u | while read -r path; do [ -d "$path" ] && [ ! -L "$path" ] || echo "$path"; done
}

version_is() {
	for name in $names; do
		[ "$(dpkg-query -W -f '${Status} ${Version}' "$name")" = "install ok installed $1" ] || { dpkg -l "$name"; return 1; }
	done
}

is_enabled() {
	[ "$(systemctl is-enabled msrd.socket 2>&1)" = "$1" ]
}

leaves_nothing() {
	find / -xdev \( -path /packages -o -path /proc -o -path /sys -o -path /tmp -o -path /var/cache/apt \) -prune -o \
		\( -name '*msrd*' -o -name '*msrctl*' -o -name '*fuse-msr*' -o -name 'likwid-accessd-shim*' \) -print >/tmp/left
	[ ! -s /tmp/left ] || { cat /tmp/left; false; }
}

# --- installed

first=$(dpkg-deb -f first/msrd_*.deb Version) next=$(dpkg-deb -f next/msrd_*.deb Version)
check "the packages are installed, with what they depend on" apt install ./first/*.deb
check "... all of them" version_is "$first"
check "... and dpkg finds nothing amiss" [ -z "$(dpkg --audit)" ]
check "... beside LIKWID's own package, whose daemon stays its own" \
	[ "$(dpkg -S /usr/sbin/likwid-accessD)" = "likwid: /usr/sbin/likwid-accessD" ]
getent passwd msrd >/tmp/account
check "there is an account msrd, with a group and without a shell" \
	grep -q "^msrd:x:[0-9]*:$(getent group msrd | cut -d: -f3):.*:/usr/sbin/nologin$" /tmp/account
getent passwd msrd-export >/tmp/account
check "... and another one for msrctl export" grep -q ':/usr/sbin/nologin$' /tmp/account
# shellcheck disable=SC2046
check "nothing is setuid or setgid" [ -z "$(find $(files) -maxdepth 0 -perm /6000)" ]
check "nothing has capabilities" [ -z "$(files | xargs getcap 2>&1)" ]
check "the socket is not enabled" is_enabled disabled
check "... nor is the exporter" [ "$(systemctl is-enabled msrd-export.service 2>&1)" = disabled ]
setpriv --reuid 65534 --regid 65534 --clear-groups msrctl doctor >/tmp/doctor 2>&1
check "... and who can't reach registers is told of it" grep -q 'privileges .*systemctl enable --now msrd.socket' /tmp/doctor
check "systemd has no complaint about the units" systemd-analyze verify --man=no msrd.socket msrd@.service msrd-export.service
program=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/msrd@.service)
check "... and what they start is the daemon, by the name of the service's" \
	[ "$program $(realpath "$program")" = "/usr/libexec/msrd/likwid-5.2/msrd /usr/sbin/msrd" ]
check "the module is loaded at boot" [ "$(grep -v '^#' /usr/lib/modules-load.d/msr.conf)" = msr ]
check "a rule of udev's gives its files to the group" \
	grep -qx 'SUBSYSTEM=="msr", GROUP="msrd", MODE="0660"' /usr/lib/udev/rules.d/60-msrd.rules
check "the configuration is a conffile" grep -q "^ $conf " <<-END2
	$(dpkg-query -W -f '${Conffiles}\n' msrd)
END2
check "... which as it stands has no error" msrctl policy check "$conf"
check "... and every line of it a comment" [ -z "$(grep -v '^#' "$conf" | grep .)" ]
sed 's/^#\([[a-z]\)/\1/' "$conf" >/etc/msrd/whole.conf
echo '0x1B0 0xF # of the site' >/etc/msrd/site.allow
check "... which would be right" msrctl policy check /etc/msrd/whole.conf
check "... all of it" sh -c "grep -qx 'sessions 256' /etc/msrd/whole.conf && grep -qx 'allowlist /etc/msrd/site.allow' /etc/msrd/whole.conf"
rm /etc/msrd/whole.conf /etc/msrd/site.allow
check "msrd runs" [ "$(msrd --version)" = "msrd $first" ]
check "msrctl runs" [ "$(msrctl --version)" = "msrctl $first" ]
check "fuse-msr runs, and has its fixtures" fuse-msr check /usr/share/msrd/fixtures/documented/xeon-e5-2680-2s
for page in $(files | sed -n 's/^\/usr\/share\/man\/man.\/\(.*\)\.gz$/\1/p'); do
	man -w "${page##*.}" "${page%.*}" >/dev/null 2>&1 || { echo "FAILED: no page $page"; n_failed=$((n_failed + 1)); }
done
check "man finds every page" [ -n "$(man -w 7 msrd-install)" ]
files | grep '^/usr/share/man/.*\.gz$' | xargs zcat -f | sed 's,\\f[A-Z],,g; s,\\&,,g; s,\\\(.\),\1,g' |
	grep -oE '/[[:alnum:]/._-]*/libexec/msrd[[:alnum:]/._-]*' | sort -u >/tmp/named
check "the pages name folders of ours" [ "$(wc -l </tmp/named)" -ge 4 ]
check "... and all of them are there" [ -z "$(while read -r path; do [ -e "$path" ] || echo "$path"; done </tmp/named)" ]
check "bash completes" bash -c '. /usr/share/bash-completion/completions/msrctl && complete -p msrctl'
check "zsh and fish find what they complete" \
	ls /usr/share/zsh/vendor-completions/_msrctl /usr/share/fish/vendor_completions.d/msrctl.fish

# --- as the page has it

PATH=$(typed 'PATH=/usr/libexec/msrd/service' | sed 's/^PATH=\([^:]*\):.*/\1/'):$PATH command -v likwid-accessD >/tmp/way
check "LIKWID's way to the service is the shim" [ "$(realpath "$(cat /tmp/way)")" = /usr/sbin/likwid-accessd-shim ]
PATH=$(typed 'PATH=/usr/libexec/msrd:' | sed 's/^PATH=\([^:]*\):.*/\1/'):$PATH command -v likwid-accessD >/tmp/way
check "LIKWID's other way is the daemon" [ "$(realpath "$(cat /tmp/way)")" = /usr/sbin/msrd ]

check "capabilities are set" types 'setcap cap_sys_rawio,'
check "... on the daemon" [ "$(getcap /usr/sbin/msrd)" = "/usr/sbin/msrd cap_dac_override,cap_sys_rawio,cap_sys_admin=ep" ]
check "the group's way" types 'dpkg-statoverride --update --add root msrd'
check "... has a daemon of that group" mode_is "root:msrd 2755"
check "... with one capability" types 'setcap cap_sys_rawio=ep'
check "the override goes" types 'dpkg-statoverride --remove'
check "the setuid way" types 'dpkg-statoverride --update --add root root'
check "... makes the daemon setuid root" mode_is "root:root 4755"
check "capabilities besides" types 'setcap cap_sys_rawio,'
check "... are there" [ -n "$(getcap /usr/sbin/msrd)" ]
check "the service's way" types 'systemctl enable'
check "... is enabled" is_enabled enabled

# --- an upgrade, while a client is served as the service would serve him

mkdir -p /run/msrd
systemd-socket-activate --accept --inetd --listen=/run/msrd/socket "$program" >/tmp/manager 2>&1 &
manager=$!
until [ -S /run/msrd/socket ]; do sleep 0.02; done
daemon_of() {
	for link in /proc/[0-9]*/exe; do
		case "$(readlink "$link")" in "/usr/sbin/msrd"*) pid=${link#/proc/} && echo "${pid%/exe}" ;; esac
	done
}
serves() {
	deadline=$(($(date +%s) + 60))
	until [ "$(daemon_of | wc -l)" = "$1" ]; do
		[ "$(date +%s)" -lt $deadline ] || { daemon_of; return 1; }
		sleep 0.02
	done
}
mkfifo /tmp/first /tmp/second
nc -N -U /run/msrd/socket </tmp/first >/dev/null 2>&1 &
exec 3>/tmp/first
check "a client is served" serves 1
old=$(daemon_of)
sed -i 's/^#\[default\]/[default]/; s/^#profiles counters/profiles counters/' "$conf"
cp "$conf" /tmp/changed

check "the packages are upgraded" apt install ./next/*.deb
check "... all of them" version_is "$next"
check "the configuration stays as it was changed" cmp "$conf" /tmp/changed
check "... the next release's lying beside it" grep -qx '# of the next release' "$conf.dpkg-dist"
check "... and has no error" msrctl policy check "$conf"
check "the daemon stays setuid root" mode_is "root:root 4755"
check "... and loses its capabilities, as the page says" [ -z "$(getcap /usr/sbin/msrd)" ]
check "the socket stays enabled" is_enabled enabled
check "the client keeps his daemon" [ "$(readlink "/proc/$old/exe")" = "/usr/sbin/msrd (deleted)" ]
nc -N -U /run/msrd/socket </tmp/second >/dev/null 2>&1 &
exec 4>/tmp/second
check "the next client is served too" serves 2
for pid in $(daemon_of); do [ "$pid" = "$old" ] || new=$pid; done
check "... by the new daemon" [ "$(readlink "/proc/$new/exe")" = /usr/sbin/msrd ]
exec 3>&- 4>&-
check "their daemons end with them" serves 0
kill $manager
wait $manager 2>/dev/null
rm -r /run/msrd

# --- removed and purged

# shellcheck disable=SC2086
check "the packages are removed" apt remove $names
check "... but for the configuration" [ "$(ls /etc/msrd)" = "msrd.conf
msrd.conf.dpkg-dist" ]
check "... and what LIKWID's package has" [ -x /usr/sbin/likwid-accessD ]
check "the administrator's override outlives them" [ "$(dpkg-statoverride --list /usr/sbin/msrd)" = "root root 4755 /usr/sbin/msrd" ]
check "they are installed again" apt install ./next/*.deb
check "... as they were" mode_is "root:root 4755"
check "... with the configuration" cmp "$conf" /tmp/changed
check "the socket is disabled" types 'systemctl disable'
check "... is not enabled" is_enabled disabled
check "the override is removed" types 'dpkg-statoverride --remove'
check "the packages are purged" types 'apt-get purge'
check "nothing of them is left" leaves_nothing
check "but the accounts" getent passwd msrd msrd-export

. ./rpm.sh

[ $n_failed = 0 ] || exit 1
echo "ok: all of it was checked"

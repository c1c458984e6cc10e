# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Part of inside.sh, after Debian's packages have left nothing: the RPMs, installed, upgraded and
# erased by rpm itself. rpm does not know what Debian's packages provide (--nodeps), so what the
# RPMs need is looked for on the disk.

rpms="msrd msrctl libmsrd libmsrd-devel fuse-msr likwid-msrd"
userdel msrd && userdel msrd-export

# rpm_says WORDS ARGUMENT…: and nothing else
rpm_says() {
	words=$1
	shift
	rpm --force-debian --nodeps "$@" >/tmp/rpm 2>&1 || { cat /tmp/rpm; return 1; }
	[ "$(sed 's/ with [UG]ID.*//' /tmp/rpm)" = "$words" ] || { cat /tmp/rpm; false; }
}
rpm_files() {
	# shellcheck disable=SC2086
	rpm -ql $rpms | sort -u | while read -r path; do [ -d "$path" ] && [ ! -L "$path" ] || echo "$path"; done
}
verified() {
	# shellcheck disable=SC2086
	rpm -V --nodeps $rpms >/tmp/verify
	[ "$(cat /tmp/verify)" = "${1:-}" ] || { cat /tmp/verify; false; }
}
release_is() {
	# shellcheck disable=SC2086
	[ "$(rpm -q --qf '%{RELEASE}\n' $rpms | sort -u)" = "$1" ] || { rpm -qa; false; }
}

# --- installed

# what is not a library, a program or one of ours is rpm's own business
rpm -qp --requires rpm/*.rpm | sed -n 's/^\([^ ()]*\.so[.0-9]*\)(.*/\1/p' | sort -u >/tmp/needed
check "each library that the RPMs need is named" grep -qx 'libseccomp.so.2' /tmp/needed
ldconfig -p | sed 's/^[[:space:]]*\([^ ]*\) .*/\1/' | sort -u >/tmp/there
check "... and there, by that name" [ -z "$(comm -23 /tmp/needed /tmp/there)" ]
check "rpm installs them, and says which accounts are made" rpm_says \
	"Creating group 'msrd'
Creating user 'msrd' (msrd, access to model-specific registers)
Creating group 'msrd-export'
Creating user 'msrd-export' (msrctl export, registers for Prometheus)" -i rpm/*.rpm
check "... and finds nothing amiss" verified
check "... which are there" getent passwd msrd msrd-export
check "... and no program lacks a library" \
	[ "$(rpm_files | xargs ldd 2>/dev/null | grep -c 'not found')" = 0 ]
# shellcheck disable=SC2046
check "nothing of the RPMs is setuid or setgid" [ -z "$(find $(rpm_files) -maxdepth 0 -perm /6000)" ]
check "nothing of them has capabilities" [ -z "$(rpm_files | xargs getcap 2>&1)" ]
check "their socket is not enabled" is_enabled disabled
check "systemd has no complaint about their units" systemd-analyze verify --man=no msrd.socket msrd@.service msrd-export.service
check "msrd of the RPM runs" [ "$(msrd --version)" = "msrd $first" ]
check "... and msrctl" [ "$(msrctl --version)" = "msrctl $first" ]
check "... and fuse-msr, with its fixtures" fuse-msr check /usr/share/msrd/fixtures/documented/xeon-e5-2680-2s
check "the RPM's configuration has no error" msrctl policy check "$conf"

# --- upgraded

# the line for systems without dpkg-statoverride
check "the page has a line for the setuid way" grep -q . <<-END2
	$(MANWIDTH=200 man msrd-install | grep 'chmod 4755 /usr/sbin/msrd')
END2
chmod 4755 /usr/sbin/msrd
sed -i 's/^#\[default\]/[default]/; s/^#profiles counters/profiles counters/' "$conf"
cp "$conf" /tmp/changed
check "the service is enabled" types 'systemctl enable'
check "rpm upgrades them, without a word" rpm_says "" -U rpm-next/*.rpm
check "... all of them" release_is 1.next
check "... whose configuration stays as it was changed" cmp "$conf" /tmp/changed
check "... and is all that differs" verified "S.5....T.  c $conf"
check "the daemon is not setuid any more, as the page says" mode_is "root:root 755"
check "the RPM's socket stays enabled" is_enabled enabled

# --- erased

check "the service is disabled" types 'systemctl disable'
# shellcheck disable=SC2086
check "rpm erases them, and says where the configuration is" \
	rpm_says "warning: $conf saved as $conf.rpmsave" -e $rpms
check "... which is as it was" cmp "$conf.rpmsave" /tmp/changed
rm -r "${conf%/*}"
check "nothing else of the RPMs is left" leaves_nothing

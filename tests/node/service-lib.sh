# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What a test of the service needs besides lib.sh: as whom service-manager.sh starts the daemon
# $msrd for each client ($as_service), whom it serves ($user), and a /run to have its socket in.
# Run by root, nothing is privileged but what starts the daemon, as msrd@.service has it.

account=64999 user=$(id -u)
[ "$user" != 0 ] || user=65534
export account ordinary user

# what the unit starts, by the folder that says what the socket speaks
mkdir "$work/likwid-5.2"
as_service=
if [ "$(id -u)" = 0 ]; then
	capabilities=+sys_rawio,+sys_admin,+dac_override
	as_service="setpriv --reuid=$account --regid=$account --clear-groups --no-new-privs
		--bounding-set=-all,$capabilities --inh-caps=$capabilities --ambient-caps=$capabilities"
	cp "$msrd" "$work/likwid-5.2/msrd" # not setuid, on the node too
else
	ln -s "$msrd" "$work/likwid-5.2/msrd"
fi
export as_service

# with_run COMMAND…: where /run is this test's
with_run() {
	namespace=--mount
	[ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
	# shellcheck disable=SC2086
	unshare $namespace sh -c \
		'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"' sh "$@"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What prolog and epilog have in common: whose turn it is on this node. Read with `.`, by root.
#
# In $turn, which is root's alone: jobs/ID for each job that has the counters, all of them of one
# user; user, who that is; before, the switches as they were when he got them; taken, while root's
# lock file is these scripts' own. It is gone with a boot, as the lock file is, and as what
# registers hold.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin # slurmd hands over none
export PATH
umask 077
trap '' PIPE # a slurmd that goes away ends none of this halfway

msrctl=@MSRCTL@
msrd=@MSRD@
turn=/run/msrd-slurm
lock=/var/run/likwid.lock

# say TEXT: into the log. slurmd shows what is printed when the script fails.
say() {
	echo "msrd: $*"
	timeout 5 logger -t msrd-slurm -p daemon.notice -- "job $job: $*" 2>/dev/null || :
}

# ctl ARGUMENT…: by a daemon of its own, as anybody can have taken all that the service gives. A
# device that hangs must not hang the node, and none of it keeps the turn.
patience=60
ctl() {
	[ ! -x "$msrd" ] || set -- --daemon "$msrd" "$@" # else the one that msrctl finds
	timeout -k 5 $patience "$msrctl" "$@" 9>&- 2>&1
}

# does WHAT ARGUMENT…: by msrctl; if it fails, says what it said. Who hangs keeps standard error, and
# is not waited for.
does() {
	what=$1
	shift
	said=$({ ctl "$@"; printf '\n%s\n' $?; } | timeout $((patience + 6)) cat)
	[ "$(printf "%s" "$said" | tail -n 1)" != 0 ] || return 0
	say "$what: $(printf "%s\n" "$said" | sed '$d; /^$/d' | tail -n 3 | tr '\n' ' ')"
	return 1
}

# The owner of the lock file, also of a link; nothing where there is none.
owner() {
	stat -c %u "$lock" 2>/dev/null
}

# begin: the job's numbers, and one script of this node at a time
begin() {
	job=${SLURM_JOB_ID:-} user=${SLURM_JOB_UID:-}
	case $job:$user in
	*[!0-9:]* | :* | *:)
		job=-
		say "SLURM_JOB_ID and SLURM_JOB_UID are no numbers: slurmd runs this, as Prolog and Epilog"
		return 1
		;;
	esac
	mkdir "$turn" 2>/dev/null
	# a link is not followed
	if [ "$(stat -c '%u %a %F' "$turn" 2>/dev/null)" != "$(id -u) 700 directory" ]; then
		say "$turn is no folder of root's alone: look what it is, and remove it"
		return 1
	fi
	mkdir -p "$turn/jobs" && exec 9>"$turn/mutex" || return 1
	if ! flock -w 120 9; then
		say "another prolog or epilog of this node does not come to its end"
		return 1
	fi
	# one that was killed on the way; if that fails they stay root's, and jobs run without
	[ -e "$turn/before" ] || release || :
}

has_jobs() {
	[ -n "$(ls -A "$turn/jobs")" ]
}

# take, and release: by these scripts, in the time between "everybody's" and "the user's". A lock
# file of root's that is not theirs was put there for a reason, and stays.
take() {
	: >"$turn/taken" && does "$1" lock take ${2:+"$2"} && return 0
	rm -f "$turn/taken"
	return 1
}

release() {
	[ -e "$turn/taken" ] || return 0
	# else somebody was given them by hand meanwhile
	if [ "$(owner)" = "$(id -u)" ]; then
		does "the counters can't be given back" lock release || return 1
	fi
	rm -f "$turn/taken"
}

# put_back: what the jobs have left in registers; then the counters are everybody's. They are
# root's meanwhile: no client that a job left behind comes in between. On a failure they stay so.
put_back() {
	is_back=0 whose=$(cat "$turn/user" 2>/dev/null) now=$(owner)
	case $now in
	"" | "$(id -u)" | "$whose") ;;
	*)
		say "somebody has given the counters to uid $now: what uid $whose left is not put back"
		return 1
		;;
	esac
	if [ "$now" != "$(id -u)" ]; then
		take "the counters can't be taken back" --force || return 1
	fi
	does "counters can't be switched off" reset || is_back=1
	does "switches can't be put back" restore "$turn/before" || is_back=1
	[ $is_back = 0 ] || return 1
	rm -f "$turn/before" "$turn/user"
	release
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# Slurm's prolog and epilog, and msrctl-job, without Slurm, where things go wrong; with it they are in
# ci/check-slurm.sh. As root, or as the root of a user namespace with several users.
# usage: slurm.sh FUSE-MSR MSRD MSRCTL FIXTURE FOLDER-OF-SCRIPTS

one_user=yes
. "$(dirname "$0")/lib.sh"

if [ "${MSRD_TESTS_OWN_RUN:-0}" = 0 ]; then
	need_node
	identities="--user --map-root-user --map-auto"
	[ "$(id -u)" != 0 ] || identities=
	# shellcheck disable=SC2086
	unshare $identities --mount true 2>/dev/null || skip "no subordinate ids for uid $(id -u) (package uidmap, /etc/subuid)"
	cp "$2" "$3" "$work"
	cp "$(dirname "$0")/slurm.sh" "$(dirname "$0")/lib.sh" "$work"
	cp -r "$5" "$work/slurm"
	chmod -R a+rX "$work"
	# setuid root, and /run of its own
	# shellcheck disable=SC2086
	MSRD_TESTS_OWN_RUN=1 timeout 220 unshare $identities --mount sh -c '
		mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=755 tmpfs /mnt &&
		cp -r "$1"/* /mnt && chmod 4755 /mnt/msrd && exec "$2" run --as-root --daemon /mnt/msrd "$3" -- sh /mnt/slurm.sh' \
		sh "$work" "$1" "$4"
	exit
fi

scripts=/mnt/slurm lock=/run/likwid.lock turn=/run/msrd-slurm alice=1001 bob=1002
printf '#!/bin/sh\nexec /mnt/msrctl --daemon ${DAEMON:-/mnt/msrd} "$@"\n' >/mnt/ctl
chmod 755 /mnt/ctl
mkdir -m 1777 /mnt/tmp
sed -i 's#@MSRCTL@#/mnt/ctl#' $scripts/msrctl-job
sed -i 's#@MSRCTL@#/mnt/msrctl#; s#@MSRD@#/mnt/msrd#' $scripts/turn.sh

# prolog JOB USER, epilog JOB USER
prolog() {
	SLURM_JOB_ID=$1 SLURM_JOB_UID=$2 $scripts/prolog >"$work/out" 2>&1
}

epilog() {
	SLURM_JOB_ID=$1 SLURM_JOB_UID=$2 $scripts/epilog >"$work/out" 2>&1
}

# ends STATUS COMMAND…
ends() {
	wanted=$1
	shift
	"$@"
	r=$?
	[ $r = "$wanted" ] || { echo "status $r"; cat "$work/out"; false; }
}

said() {
	grep -q -- "$1" "$work/out" || { cat "$work/out"; false; }
}

# as USER COMMAND…
as() {
	who=$1
	shift
	setpriv --reuid "$who" --regid "$who" --clear-groups "$@"
}

of() {
	[ "$(stat -c '%F %u' $lock)" = "regular empty file $1" ]
}

is_free() {
	[ ! -e $lock ] && [ ! -L $lock ] && [ ! -e $turn/before ] && [ ! -e $turn/taken ] && [ -z "$(ls $turn/jobs)" ]
}

# What a job may have left: a counter that counts, prefetchers off.
leave() {
	as "$1" /mnt/ctl write -c all IA32_PERFEVTSEL0 0x4300c0 >/dev/null &&
		as "$1" /mnt/ctl write -c all MSR_MISC_FEATURE_CONTROL 0xf >/dev/null
}

# read by who may
is_clean() {
	reader=$(stat -c %u $lock 2>/dev/null || id -u)
	[ "$(for register in IA32_PERFEVTSEL0 MSR_MISC_FEATURE_CONTROL; do
		as "$reader" /mnt/ctl read -c all $register | awk 'NR > 1 { print $NF }'
	done | sort -u)" = 0x0000000000000000 ]
}

not() {
	! "$@"
}

fault() {
	echo "$*" >/sys/devices/sim/fault
}

check "prolog wants a job's numbers" ends 1 prolog "" ""
check "... and says who runs it" said "slurmd runs this"
check "... numbers they have to be" ends 1 epilog 1 alice
ln -s /mnt $turn
check "a link in the place of its folder is no folder" ends 1 prolog 1 $alice
check "... as it says" said "$turn is no folder of root's alone"
rm $turn
mkdir -m 777 $turn
check "... nor is one that everybody may write" ends 1 prolog 1 $alice
rmdir $turn

check "prolog gives the counters to the job's user" ends 0 prolog 1 $alice
check "... by the lock file" of $alice
check "his other job shares them" ends 0 prolog 2 $alice
check "another user's job runs without" ends 0 prolog 3 $bob
check "... and they stay whose they are" of $alice
check "... as the log says" said "the counters are of uid $alice; uid $bob runs without"
leave $alice
check "a job that had none leaves them alone" ends 0 epilog 3 $bob
check "the first of two jobs that ends" ends 0 epilog 1 $alice
check "... leaves them to the second" of $alice
check "... with what it has programmed" not is_clean
check "the last one" ends 0 epilog 2 $alice
check "... leaves nothing" is_clean
check "... and gives them back" is_free
check "an epilog that comes twice does no harm" ends 0 epilog 2 $alice

for made in "ln -s /mnt/elsewhere $lock" "mkdir $lock"; do
	$made
	check "after $made the job runs without counters" ends 0 prolog 1 $alice
	check "... and the log says why" said "uid $alice runs without counters: .*no regular file"
	check "... and it is still there" [ ! -f $lock ]
	check "... also after the job" ends 0 epilog 1 $alice
	check "... and nothing else was made" [ ! -e /mnt/elsewhere ]
	rm -d $lock
done
: >$lock
check "with a lock of root's the job runs without counters" ends 0 prolog 1 $alice
epilog 1 $alice
check "... and it stays" of 0
rm $lock

# prolog, whose standard output nobody reads any more
unheard() {
	mkfifo "$work/unread"
	exec 5<>"$work/unread" 6>"$work/unread" 5<&-
	SLURM_JOB_ID=$1 SLURM_JOB_UID=$2 $scripts/prolog >&6 2>"$work/out"
	exec 6>&-
	rm "$work/unread"
}
: >$lock
unheard 1 $alice
check "a prolog whose slurmd has gone comes to its end" [ ! -e $turn/taken ]
check "... and the next one leaves root's lock alone" ends 0 prolog 2 $alice
check "... which stays" of 0
epilog 2 $alice
rm $lock

check "root's own job gets the counters" ends 0 prolog 1 0
check "... by a lock of root's" of 0
check "... and its epilog" ends 0 epilog 1 0
check "... gives them back" is_free

mkdir -p /run/msrd
python3 -c 'import socket
service = socket.socket(socket.AF_UNIX)
service.bind("/run/msrd/socket")
service.listen()
while True: service.accept()[0].close()' &
service=$!
wait_until [ -S /run/msrd/socket ]
check "where others have taken all connections of the service a job gets its counters" ends 0 prolog 1 $alice
check "... by the lock file" of $alice
check "... and they are put back" ends 0 epilog 1 $alice
check "... and given back" is_free
kill $service
rm -r /run/msrd

cp $scripts/turn.sh "$work"
sed -i 's#^msrd=.*#msrd=/nowhere#; s#^msrctl=.*#msrctl=/mnt/ctl#' $scripts/turn.sh
check "where no msrd was installed beside msrctl it is the one that msrctl finds" ends 0 prolog 1 $alice
check "... that does it" of $alice
check "... and puts back" ends 0 epilog 1 $alice
check "... all" is_free
cp "$work/turn.sh" $scripts

# as students are called after their numbers
{ cat /etc/passwd; echo "$alice:x:$bob:$bob::/:/bin/sh"; } >"$work/passwd"
mount --bind "$work/passwd" /etc/passwd
check "where a user is called like another's number" [ "$(id -u $alice)" = $bob ]
check "... a prolog means the number" ends 0 prolog 1 $alice
check "... by the lock file" of $alice
epilog 1 $alice
umount /etc/passwd

# where msrctl's runs of one user find each other
boot=$(cat /proc/sys/kernel/random/boot_id)
prolog 1 $alice
leave $alice
as $bob mkdir "/dev/shm/msrctl-1-0-$boot" "/tmp/msrctl-1-0-$boot"
check "folders that others have put in root's way do not keep the epilog" ends 0 epilog 1 $alice
check "... from putting back all" is_clean
as $bob rmdir "/dev/shm/msrctl-1-0-$boot" "/tmp/msrctl-1-0-$boot"

# its owner may write to it
prolog 1 $alice
leave $alice
mount -o remount,size=64k /run
as $alice sh -c 'exec 7>>/run/likwid.lock; head -c 1000000 /dev/zero >&7 2>/dev/null
	: >/mnt/tmp/full; until [ -e /mnt/tmp/end ]; do sleep 0.05; done' &
filler=$!
until [ -e /mnt/tmp/full ] || is_gone $filler; do sleep 0.05; done
check "the owner of the lock file can fill /run by it" not sh -c 'echo x >/run/more' 2>/dev/null
rm -f /run/more
check "... where others' jobs run without" ends 0 prolog 2 $bob
check "... and the epilog" ends 0 epilog 1 $alice
check "... leaves nothing" is_clean
check "... and gives them back" is_free
head -c 1000000 /dev/zero >/run/more 2>/dev/null # and what the epilog has removed
check "as long as there is no room jobs run without" ends 0 prolog 3 $bob
check "... as the log says" said "uid $bob runs without counters, as switches can't be kept: .*No space left"
check "... and the counters are everybody's" is_free
: >/mnt/tmp/end
wait $filler
rm /run/more
check "... and then they get them" ends 0 prolog 4 $bob
epilog 4 $bob
mount -o remount,size=50% /run
rm /mnt/tmp/full /mnt/tmp/end

# daemons: how many there are on this node, and not on another test's
daemons() {
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/exe")" != /mnt/msrd ] ||
			[ "$(readlink "$process/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ] || echo "$process"
	done | wc -l
}
mkdir /mnt/stuck
printf '#!/bin/sh\nexec sleep 1000 >/dev/null 2>&1\n' >/mnt/stuck/logger
chmod 755 /mnt/stuck/logger
cp $scripts/turn.sh "$work"
sed -i 's#^PATH=#PATH=/mnt/stuck:#' $scripts/turn.sh
check "a log that hangs does not hang the node" ends 0 timeout 60 sh -c 'SLURM_JOB_ID=1 SLURM_JOB_UID=$1 exec "$2" >"$3"' \
	sh $alice $scripts/prolog "$work/out"
check "... and the job has its counters" of $alice
cp "$work/turn.sh" $scripts
epilog 1 $alice

prolog 1 $alice
fault "delay 3 0x1a4 25s once"
cp $scripts/turn.sh "$work"
sed -i 's/^patience=.*/patience=1/' $scripts/turn.sh
check "a device that hangs does not hang the epilog" ends 1 epilog 1 $alice
check "... which hangs still" [ "$(daemons)" = 1 ]
check "... and the log tells" said "switches can't be put back: "
cp "$work/turn.sh" $scripts
check "... and is made up for when it answers" ends 0 epilog 1 $alice
check "... wholly" is_free

fault "fail 3 0x1a4 EIO once"
check "where switches can't be kept the job runs without counters" ends 0 prolog 1 $alice
check "... as the log says" said "uid $alice runs without counters, as switches can't be kept: .*0x1a4"
check "... and they are everybody's" is_free
fault "clear all"

prolog 1 $alice
leave $alice
fault "fail 3 0x1a4 EIO"
check "an epilog that can't put back fails" ends 1 epilog 1 $alice
check "... and says what" said "switches can't be put back: .*0x1a4"
check "... and the counters are root's" of "$(id -u)"
check "the next prolog fails too" ends 1 prolog 2 $bob
fault "clear all"
check "... until it can be put back" ends 0 prolog 2 $bob
check "... and gives the counters to its own user" of $bob
check "... on a clean node" is_clean
epilog 2 $bob

prolog 1 $alice
leave $alice
/mnt/ctl lock take --force
check "when root has taken the counters away, the epilog puts back" ends 0 epilog 1 $alice
check "... all" is_clean
check "... and root has them still" of "$(id -u)"
rm $lock
prolog 1 $alice
/mnt/ctl lock give --force $bob
check "when they were given to somebody else, the epilog fails" ends 1 epilog 1 $alice
check "... as it says" said "somebody has given the counters to uid $bob"
check "... and touches nothing of his" of $bob
check "... and so does the next prolog" ends 1 prolog 2 $alice
check "... which does not touch it either" of $bob
/mnt/ctl lock release $bob
check "... but when he has given them back, it is made up for" ends 0 epilog 1 $alice
check "... wholly" is_free

# where a prolog may have been killed
/mnt/ctl lock take
: >$turn/taken
check "a prolog that was killed with the counters in hand is made up for" ends 0 prolog 1 $alice
check "... and the next one gives them" of $alice
rm $turn/jobs/1
check "... also when it had given them" ends 0 prolog 2 $bob
check "... and taken note of no job" of $bob
epilog 2 $bob

/mnt/ctl lock give $bob
: >$turn/taken
check "... and where somebody has been given them since, the job runs without" ends 0 prolog 1 $alice
check "... and leaves them to him" of $bob
check "... and is done with what was left" [ ! -e $turn/taken ]
rm $lock

# two jobs of two users at the same time
for job in 1 2 3 4; do
	SLURM_JOB_ID=$job SLURM_JOB_UID=$((1000 + job)) $scripts/prolog >"$work/prolog-$job" 2>&1 || echo "$job failed" &
done >"$work/failed"
wait
check "of prologs at the same time none fails" [ ! -s "$work/failed" ]
check "... and one user gets the counters" [ "$(cat "$work"/prolog-? | grep -c "has the counters\$")" = 1 ]
check "... of whom the job is noted" of "$((1000 + $(ls $turn/jobs)))"
for job in 1 2 3 4; do
	epilog $job $((1000 + job))
done
check "... and their epilogs give them back" is_free

# the daemon reads root's configuration alone, and in a user namespace / is of somebody else
if [ -O / ]; then
	mkdir -p /mnt/etc/msrd
	cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache /mnt/etc 2>/dev/null
	mount --bind /mnt/etc /etc
	sed -n '/user 0/,/^profiles/s/^[\t\\]*\(.*[^+]\)+*$/\1/p' $scripts/msrd-slurm.7.scd >/mnt/etc/msrd/msrd.conf
	printf '[user %s]\nprofiles power\n' $alice >>/mnt/etc/msrd/msrd.conf
	power_limit() {
		/mnt/ctl read -c 0 MSR_PKG_POWER_LIMIT | grep -o '0x[0-9a-f]*$'
	}
	limit=$(power_limit)
	prolog 1 $alice
	check "who may can change a power limit" as $alice /mnt/ctl write -c 0 MSR_PKG_POWER_LIMIT 0x684e0005a8400
	check "... is another one then" [ "$(as $alice /mnt/ctl read -c 0 MSR_PKG_POWER_LIMIT | grep -o '0x[0-9a-f]*$')" = 0x000684e0005a8400 ]
	check "... which is put back as root may, too" ends 0 epilog 1 $alice
	check "... and is as before" [ "$(power_limit)" = "${limit:-none}" ]
	umount /etc
fi

# --- msrctl-job
# job USER ARGUMENT…: what goes to standard error is in $work/out
job() {
	who=$1
	shift
	as "$who" env -u SLURM_LOCALID TMPDIR=/mnt/tmp $scripts/msrctl-job "$@" 2>"$work/out"
}

check "msrctl-job runs a command" [ "$(job $alice echo ran)" = ran ]
check "... and tells what it did" said "^msrctl-job: [^ ]*: [0-9.]* s, packages [0-9.e+-]* J, memory [0-9.e+-]* J, [0-9.]* GB/s, [0-9.]* GFLOP/s, [0-9.]* MHz$"
check "... a program, and no word of the shell's" [ "$(job $alice echo 'a\nb')" = 'a\nb' ]
check "... which has to be there" ends 127 job $alice /mnt/no-such-program
check "... and ends as it does" ends 7 job $alice sh -c 'exit 7'
mkdir -m 777 "$work/figures"
chmod 755 "$work"
check "... and keeps all figures" ends 0 job $alice -o "$work/figures" true
check "... in a file" grep -q "^total,.*,flops_dp,flops," "$work"/figures/0.0.*.csv
as $alice sh -c 'echo precious >/mnt/tmp/precious'
ln -s /mnt/tmp/precious "$work/figures/9.0.here.csv"
SLURM_JOB_ID=9 SLURMD_NODENAME=here job $alice -o "$work/figures" true
check "... which is no link's target, whoever has put that there" [ "$(cat /mnt/tmp/precious)" = precious ]
check "... but in that place" grep -q ",flops_dp,flops," "$work/figures/9.0.here.csv"
rm /mnt/tmp/precious

mkdir /mnt/small
mount -t tmpfs -o size=4k,mode=777 tmpfs /mnt/small
check "... or none where there is no room for all of it" ends 0 job $alice -o /mnt/small true
check "... and says so" said "/mnt/small/0.0.*csv was not written"
check "... and leaves no part" [ -z "$(ls -A /mnt/small)" ]
umount /mnt/small

# files can be made there, and nothing be written
mkdir /mnt/full
mount -t tmpfs -o size=4k,mode=1777 tmpfs /mnt/full
head -c 4096 /dev/zero >/mnt/full/zeros
for wanted in 0 7; do
	check "on a full disk the command ends as itself" ends $wanted as $alice env -u SLURM_LOCALID \
		TMPDIR=/mnt/full $scripts/msrctl-job sh -c "exit $wanted" 2>"$work/out"
	check "... and a line says that nothing was measured" said "^msrctl-job: .*: nothing was measured$"
done
umount /mnt/full

# as Slurm's --signal does it: to all processes of a step
setsid setpriv --reuid $alice --regid $alice --clear-groups env -u SLURM_LOCALID TMPDIR=/mnt/tmp \
	$scripts/msrctl-job sh -c 'trap "echo heard >>/mnt/tmp/heard" USR1 USR2
	: >/mnt/tmp/ready; until [ -e /mnt/tmp/end ]; do sleep 0.05; done; exit 5' 2>"$work/out" &
signalled=$!
until [ -e /mnt/tmp/ready ] || is_gone $signalled; do sleep 0.05; done
for signal in USR1 USR2; do
	env kill -s $signal -- -$signalled
	until grep -qs heard /mnt/tmp/heard || is_gone $signalled; do sleep 0.05; done
	rm -f /mnt/tmp/heard
done
: >/mnt/tmp/end
wait $signalled
check "a signal that is the command's ends nothing but what it ends" [ $? = 5 ]
check "... and the command was measured" said " GB/s, "
rm /mnt/tmp/ready /mnt/tmp/end
for task in SLURM_LOCALID=1 "SLURM_LOCALID=0 OMPI_COMM_WORLD_LOCAL_RANK=1" "SLURM_LOCALID=0 MPI_LOCALRANKID=1"; do
	# shellcheck disable=SC2086
	check "other tasks of a node just run: $task" \
		[ "$(as $alice env TMPDIR=/mnt/tmp $task $scripts/msrctl-job echo ran 2>&1)" = ran ]
done
check "... and mpirun's first one measures" ends 0 as $alice \
	env TMPDIR=/mnt/tmp SLURM_LOCALID=0 OMPI_COMM_WORLD_LOCAL_RANK=0 $scripts/msrctl-job echo ran 2>"$work/out"
check "... the node" said " GB/s, "
/mnt/ctl lock give $bob
check "where the counters are another's the command runs" [ "$(job $alice echo ran)" = ran ]
check "... and a line says whose turn it is" said "^msrctl-job: .*: not measured: .*uid $bob, has the counters until $lock is removed$"
check "... and it is one" [ "$(wc -l <"$work/out")" = 1 ]
/mnt/ctl lock release $bob
export DAEMON=/nowhere
check "without a daemon it runs, once" [ "$(job $alice echo ran)" = ran ]
check "... and a line says that it was not measured" said "not measured: msrctl stat failed"
unset DAEMON
sed 's#^msrctl=.*#msrctl=/nowhere#' $scripts/msrctl-job >/mnt/lost
chmod 755 /mnt/lost
check "without msrctl it runs" [ "$(as $alice /mnt/lost echo ran 2>"$work/out")" = ran ]
check "... and a line says so" said "not measured: msrctl lock show failed$"
check "without a command it is wrong usage" ends 2 job $alice
check "... and with an option that there is not" ends 2 job $alice --loud true
check "... and with a folder that there is not" ends 2 job $alice -o /nowhere true
check "... and nothing lies about" [ -z "$(ls -A /mnt/tmp)" ]
finish

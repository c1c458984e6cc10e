# SPDX-License-Identifier: MIT
# What the probe said on a real kernel (first file) and on the simulated node (second), against the
# differences that are known (third, with the reason of each): a line of any other, and of each
# known one that is none any more. Status 1 when there are any. usage:
# awk -v in_user_namespace=1 -f compare.awk file=1 DIFFERENCES file=2 KERNEL file=3 SIMULATED
BEGIN { FS = "\t" }

# "KEY<TAB>KERNEL<TAB>SIMULATED"; * in a key is any text. One after "user namespace: " is known
# where the node is in one.
file == 1 && /^[^#]/ {
	key = $1
	if (sub(/^user namespace: /, "", key) && !in_user_namespace)
		next
	n_known++
	gsub(/[][().+|^$?\\]/, "\\\\&", key)
	gsub(/\*/, ".*", key)
	known_key[n_known] = "^" key "$"
	known[n_known] = $0
	known_kernel[n_known] = $2
	known_sim[n_known] = $3
}

file == 2 { kernel[$1] = $2 }

file == 3 {
	sim[$1] = $2
	split($1, parts, "|")
	order[++n] = $1
	if (parts[2] == "taken" && $2 != "0")
		left_out[parts[1]] = left_out["for " parts[1]] = left_out[parts[1] ", sysfs"] = left_out[parts[1] ", proc"] = $2
	# a user namespace has one uid and one gid
	if (parts[2] ~ /^chown 0:1000/ && $2 == "EINVAL")
		left_out[parts[1]] = $2
}

function is_known(key,    i, found) {
	for (i = 1; i <= n_known; i++)
		if (key ~ known_key[i] && known_kernel[i] == kernel[key] && known_sim[i] == sim[key])
			found = met[i] = 1
	return found
}

END {
	for (key in kernel)
		if (!(key in sim)) {
			split(key, parts, "|")
			if (!(parts[1] in left_out)) {
				print "only the kernel answers: " key
				status = 1
			}
		}
	for (i = 1; i <= n; i++) {
		key = order[i]
		split(key, parts, "|")
		if (parts[1] in left_out)
			continue
		if (!(key in kernel)) {
			print "only the simulated node answers: " key
			status = 1
			continue
		}
		n_calls++
		if (kernel[key] == sim[key])
			n_same++
		else if (is_known(key))
			n_differ++
		else {
			printf "%s\t%s\t%s\n", key, kernel[key], sim[key]
			status = 1
		}
	}
	for (group in left_out)
		if (group !~ /^for |, (sysfs|proc)$/)
			n_left_out++
	for (i = 1; i <= n_known && !n_left_out; i++)
		if (!(i in met))
			stale[++n_stale] = known[i]
	for (i = 1; i <= n_stale; i++) {
		print "known, and no difference " (must_shrink ? "" : "here ") "any more: " stale[i]
		if (must_shrink)
			status = 1
	}
	if (n_left_out)
		print "# left out: " n_left_out " groups of calls by others than the one uid of a user namespace"
	print "# " n_calls " calls, " n_same " the same, " n_differ + 0 " different for a known reason"
	exit status
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# Without the right to install packages, the missing ones are named, and that is all.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" != 0 ] || exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0"

said=$(PATH=/usr/bin:/bin ci/deps.sh a-package-that-is-missing 'neither-this|nor-that' 2>&1 </dev/null) &&
	{ echo "deps.sh claims to have installed what does not exist"; exit 1; }
echo "$said"
echo "$said" | grep -q "apt-get install .*a-package-that-is-missing neither-this"

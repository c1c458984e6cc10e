#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The privileged program: which libraries it links, and what of libc it never calls.

usage: daemon_imports.py MSRD-LINKED-DYNAMICALLY MSRD-AS-INSTALLED
"""
import re
import subprocess
import sys

LIBRARIES = {"libc.so.6", "libseccomp.so.2", "libcap-ng.so.0"}
# A shell, another program, the environment, a plugin, a name service: none of its business.
FORBIDDEN = re.compile(
    r"^(system|popen|exec\w*|posix_spawnp?|v?fork|(secure_)?getenv|setenv|putenv|dlopen|"
    r"getpw\w+|getgr\w+|initgroups|gethostby\w+|getaddrinfo|wordexp|scanf|gets|str(cat|cpy)|v?sprintf)$")


def read_elf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def libraries_of(program):
    return set(re.findall(r"\(NEEDED\).*\[([^]]+)\]", read_elf("-d", program)))


def main():
    daemon, installed = sys.argv[1:]
    libraries = libraries_of(daemon)
    sanitized = any("san" in library for library in libraries)
    symbols = read_elf("--dyn-syms", daemon)
    imports = {match[1] for match in re.finditer(r"UND (\w+)", symbols)}

    wrong = []
    if not sanitized:
        wrong += [f"links {library}" for library in sorted(libraries - LIBRARIES)]
    wrong += [f"calls {name}" for name in sorted(imports) if FORBIDDEN.match(name)]
    if not libraries_of(installed) and "INTERP" in read_elf("-l", installed):
        wrong.append("linked statically, it wants a loader all the same")
    if len(imports) < 20:
        wrong.append(f"only {len(imports)} imports found: has readelf changed its output?")
    print("\n".join(wrong) or f"{len(imports)} imports from {', '.join(sorted(libraries))}")
    return 1 if wrong else 0


sys.exit(main())

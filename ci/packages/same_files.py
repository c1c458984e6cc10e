#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packages of Debian and the RPMs have the same files, but for where the two put libraries,
compressed pages, licences and the like, and for the names of two packages.

usage: same_files.py FOLDER-OF-DEBS FOLDER-OF-RPMS
"""
import pathlib
import re
import subprocess
import sys

# theirs: ours
NAMES = {"libmsrd": "libmsrd0", "libmsrd-devel": "libmsrd-dev"}

# what each of the two has of its own
DEB_ONLY = re.compile(r"/usr/share/doc/|/usr/share/lintian/")
RPM_ONLY = re.compile(r"/usr/lib/\.build-id|/usr/share/licenses/|/usr/share/doc/")


# debhelper and rpm each have a mode for libraries of their own
LIBRARY = re.compile(r"\.so[.\d]*$")


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def plain(path):
    path = path.replace("/usr/lib/x86_64-linux-gnu/", "/usr/lib64/")
    path = path.replace("/usr/share/zsh/vendor-completions/", "/usr/share/zsh/site-functions/")
    path = re.sub(r"^/lib/", "/usr/lib/", path)
    return re.sub(r"(\.\d)\.gz$", r"\1", path)


def mode_of(mode, path):
    return mode.replace("x", "-") if LIBRARY.search(path) and mode.startswith("-") else mode


def debs(folder):
    """name: {path: mode and, of a link, what it points to}"""
    for package in folder.glob("*.deb"):
        name = package.name.split("_")[0]
        if name.endswith("-dbgsym"):
            continue
        files = {}
        for line in output_of("dpkg-deb", "-c", str(package)).splitlines():
            mode, owner, _, _, _, path = line.split(maxsplit=5)
            path, _, target = path.partition(" -> ")
            path = path[1:]
            if not mode.startswith("d") and not DEB_ONLY.match(path):
                files[plain(path)] = (mode_of(mode, path), owner, plain(target))
        yield name, files


def rpms(folder):
    for package in folder.glob("*.rpm"):
        name = output_of("rpm", "-qp", "--queryformat", "%{NAME}", str(package))
        files = {}
        query = "[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES} -> %{FILELINKTOS}\n]"
        for line in output_of("rpm", "-qp", "--queryformat", query, str(package)).splitlines():
            mode, owner, rest = line.split(maxsplit=2)
            path, _, target = rest.partition(" -> ")
            if not mode.startswith("d") and not RPM_ONLY.match(path):
                files[plain(path)] = (mode_of(mode, path), owner, plain(target))
        yield NAMES.get(name, name), files


def main():
    ours, theirs = dict(debs(pathlib.Path(sys.argv[1]))), dict(rpms(pathlib.Path(sys.argv[2])))
    wrong = [f"only Debian's has the package {name}" for name in sorted(ours.keys() - theirs.keys())]
    wrong += [f"only RPM has the package {name}" for name in sorted(theirs.keys() - ours.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        wrong += [f"{name}: only Debian's has {path}" for path in sorted(ours[name].keys() - theirs[name].keys())]
        wrong += [f"{name}: only the RPM has {path}" for path in sorted(theirs[name].keys() - ours[name].keys())]
        wrong += [f"{name}: {path} is {ours[name][path]}, of the RPM {theirs[name][path]}"
            for path in sorted(ours[name].keys() & theirs[name].keys()) if ours[name][path] != theirs[name][path]]
    n_files = sum(map(len, ours.values()))
    if n_files < 50:
        wrong.append(f"there are {n_files} files in all: something is amiss")
    print("\n".join(wrong) or f"ok: Debian's packages and the RPMs have the same {n_files} files, modes and links")
    return 1 if wrong else 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""debian/changelog: one entry, of the version that meson.build has. What changed is that version's
section of ci/CHANGELOG.md, if there is one.

usage: changelog.py SOURCE-ROOT            (SOURCE_DATE_EPOCH: when)
       changelog.py --version SOURCE-ROOT  the version alone
"""
import email.utils
import os
import pathlib
import re
import sys
import textwrap


def version_of(root):
    found = re.search(r"^project\(.*?\bversion: '([^']+)'", (root / "meson.build").read_text(), re.M | re.S)
    if not found:
        sys.exit("changelog.py: meson.build has no version")
    return found[1]


def changes_of(root, version):
    """The items of the list below the heading that names the version."""
    path = root / "ci/CHANGELOG.md"
    if not path.exists():
        return []
    section = re.search(rf"^##+ \[?v?{re.escape(version)}\b.*?\n(.*?)(?=^##? |\Z)", path.read_text(), re.M | re.S)
    if not section:
        return []
    items = re.findall(r"^[-*] +(.*(?:\n +\S.*)*)", section[1], re.M)
    return [" ".join(item.split()) for item in items]


def main():
    root = pathlib.Path(sys.argv[-1])
    version = version_of(root)
    if sys.argv[1] == "--version":
        print(version)
        return
    maintainer = re.search(r"^Maintainer: (.*)$", (root / "ci/debian/control").read_text(), re.M)[1]
    print(f"msrd ({version}) unstable; urgency=medium\n")
    for change in changes_of(root, version) or [f"Release {version}."]:
        print(textwrap.fill(change, 78, initial_indent="  * ", subsequent_indent="    "))
    date = email.utils.formatdate(int(os.environ["SOURCE_DATE_EPOCH"]))
    print(f"\n -- {maintainer}  {date.replace('-0000', '+0000')}")


main()

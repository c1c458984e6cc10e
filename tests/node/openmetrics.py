#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the samples of an exposition of OpenMetrics, one a line: NAME{LABELS} VALUE, without _created.

Fails where it is none: read strictly here, and by Prometheus' own parser where that is installed.

usage: openmetrics.py FILE
"""
import pathlib
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)")
META = re.compile(rf"# (TYPE|UNIT|HELP) ({NAME}) (.+)")
SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",), "info": ("_info",)}


def check(text):
    """Every line has its place: the metadata of a family, then its samples, and nothing of it later."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""], "it ends otherwise than with # EOF"
    done, seen, family, kind, n_samples = set(), set(), None, None, 0
    for line in lines[:-2]:
        meta = META.fullmatch(line)
        if meta:
            word, name, rest = meta.groups()
            if name != family:
                assert word == "TYPE", f"{name} begins with {word}"
                assert name not in done, f"{name} is there twice"
                done.add(name)
                family, kind, n_samples = name, rest, 0
            assert n_samples == 0, f"{line}: behind samples"
            if word == "UNIT":
                assert name.endswith("_" + rest), f"{name} does not end with its unit {rest}"
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, f"{line}: no sample"
        n_samples += 1
        assert sample[1] in {family + suffix for suffix in SUFFIXES[kind]}, f"{sample[1]} in {family}"
        key = (sample[1], sample[2])
        assert key not in seen, f"{key} is there twice"
        seen.add(key)
        if not sample[1].endswith("_created"):
            print(line)


def main():
    text = pathlib.Path(sys.argv[1]).read_bytes().decode()
    check(text)
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        # Debian's module is Debian's Python's
        sys.path.append("/usr/lib/python3/dist-packages")
        try:
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
        except ImportError:
            print("read strictly, and not by Prometheus' parser: python3-prometheus-client is not installed", file=sys.stderr)
            return
    families = list(text_string_to_metric_families(text))
    assert families


main()

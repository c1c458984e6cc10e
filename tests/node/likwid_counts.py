#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: likwid_counts.py RATES EVENTS SECONDS OUTPUT…

Every count in OUTPUTs of likwid-perfctr -O is that of SECONDS of the workload, on a node with
CPU n in socket n. Lists what is not.
"""
import sys

from likwid_numbers import Rates, Tables, rate, read_codes

# Nothing but rounding: of the rates, of energy to its unit, of what LIKWID prints
TOLERANCE = 1e-4


def check(name, tables, rates, codes, seconds):
    n_wrong = n_counted = 0
    for event, counter, values in tables.counts:
        for cpu, text in zip(tables.threads, values):
            if counter == 'TMP0':
                expected = rates.figures[f'cpu{cpu}', 'celsius']
            else:
                expected = rate(rates, codes, cpu, cpu, event, counter) * seconds
            n_counted += expected > 0
            # a CBox whose core is switched off is not there
            value = 0 if text == '-' and expected == 0 else float(text) if text != '-' else -1
            if abs(value - expected) > TOLERANCE * expected:
                print(f'{name}: CPU {cpu}: {event} in {counter} is {text}, not {expected:.0f}')
                n_wrong += 1
    if n_counted < 2 * 3:
        print(f'{name}: almost nothing was counted')
        n_wrong += 1
    return n_wrong


def main(rates_path, events_path, seconds, *outputs):
    with open(rates_path) as file:
        rates = Rates(file)
    with open(events_path) as file:
        codes = read_codes(file)
    n_wrong = 0
    for path in outputs:
        with open(path) as file:
            n_wrong += check(path.split('/')[-1], Tables(file), rates, codes, float(seconds))
    return 1 if n_wrong else 0


sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: likwid_timeline.py RATES LINES TIMELINE

Each of at least LINES lines of likwid-perfctr -t, with the events FIXC0, FIXC1, FIXC2 and PWR0,
shows what the workload does within 1 %. Time is what the reference cycles say. Now and then
LIKWID 5.2 begins with a line of about a millisecond: it does not count, as energy is updated
once a millisecond.
"""
import sys

from likwid_numbers import TSC_HZ, Rates, is_near

N_CPUS = 2
SHORTEST = 0.1  # seconds; so energy is known to 1 %
EVENTS = ('instructions', 'cycles', 'reference', 'package')


def seconds_of(values):
    return min(values[EVENTS.index('reference') * N_CPUS:][:N_CPUS]) / TSC_HZ


def check(number, values, rates):
    n_wrong = 0
    for cpu in range(N_CPUS):
        counts = dict(zip(EVENTS, values[cpu::N_CPUS]))
        seconds = counts['reference'] / TSC_HZ
        for event, count in counts.items():
            who = f'{cpu}' if event == 'package' else f'cpu{cpu}'
            expected = rates.figures[who, event] * seconds
            if not is_near(count, expected, 0.01):
                print(f'line {number}: CPU {cpu}: {event} is {count:g}, not {expected:g}')
                n_wrong += 1
    return n_wrong


def main(rates_path, n_lines, timeline):
    with open(rates_path) as file:
        rates = Rates(file)
    with open(timeline) as file:
        # group, events, CPUs and time come first
        rows = [[float(field) for field in line.split(',')[4:]]
                for line in file if line[0].isdigit()]
    rows = [row for row in rows if seconds_of(row) >= SHORTEST]
    n_wrong = sum(check(i, row, rates) for i, row in enumerate(rows))
    if len(rows) < int(n_lines):
        print(f'{len(rows)} lines, not {n_lines}')
        n_wrong += 1
    return 1 if n_wrong else 0


sys.exit(main(*sys.argv[1:]))

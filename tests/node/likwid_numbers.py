# SPDX-License-Identifier: MIT
"""Compares what likwid-perfctr -O prints with the rates of a fixture (likwid-rates).

Which event a name stands for is LIKWID's own word (likwid-perfctr -e); what a counter counts
is known here, by the counter's name. Nothing is taken from the node's registers.
"""
import csv
import re

TSC_HZ = 2.7e9  # of both fixtures: their base clock

BOXES = {'CBOX': 'cbox', 'MBOX': 'imc', 'SBOX': 'qpi', 'RBOX': 'r3qpi'}
SINGLE_BOXES = {'BBOX': 'ha', 'PBOX': 'r2pcie', 'WBOX': 'pcu', 'UBOX': 'ubox'}
FIGURES = {'FIXC0': 'instructions', 'FIXC1': 'cycles', 'FIXC2': 'reference',
           'PWR0': 'package', 'PWR1': 'pp0', 'PWR3': 'dram', 'UBOXFIX': 'uclk'}


class Rates:
    """Events a second, of each CPU and box."""

    def __init__(self, lines):
        self.figures, self.events = {}, {}
        for line in lines:
            who, event, umask, rate = line.split()
            if umask == '-':
                self.figures[who, event] = float(rate)
            else:
                self.events.setdefault((who, int(event, 0)), {})[int(umask, 0)] = float(rate)

    def event(self, who, event, umask):
        """A listed unit mask counts its rate, another one the sum of its parts."""
        rates = self.events.get((who, event), {})
        if umask in rates:
            return rates[umask]
        return sum(rate for part, rate in rates.items() if part and part & ~umask == 0)


def read_codes(lines):
    """Event names of likwid-perfctr -e: event and unit mask."""
    codes = {}
    for line in lines:
        match = re.match(r'(\w+), 0x(\w+), 0x(\w+), ', line)
        if match:
            codes[match[1]] = int(match[2], 16), int(match[3], 16)
    return codes


def rate(rates, codes, cpu, socket, event, counter):
    """Of a counter on one hardware thread that measures its socket's uncore."""
    counter = counter.split(':')[0]
    if counter in FIGURES:
        who = f'cpu{cpu}' if counter.startswith('FIX') else f'{socket}'
        return rates.figures[who, FIGURES[counter]]
    if counter.startswith('PMC'):
        return rates.event(f'cpu{cpu}', *codes[event])
    match = re.fullmatch(r'MBOX\dFIX', counter)
    if match:
        return rates.figures[f'{socket}', 'dclk']
    match = re.fullmatch(r'([CMSR]BOX)(\d)C\d', counter)
    if match:
        return rates.event(f'{socket}.{BOXES[match[1]]}{match[2]}', *codes[event])
    match = re.fullmatch(r'([BPWU]BOX)\d', counter)
    return rates.event(f'{socket}.{SINGLE_BOXES[match[1]]}0', *codes[event])


class Tables:
    """The CSV of likwid-perfctr -O: rows of name, counter (none for metrics) and thread."""

    def __init__(self, lines):
        self.threads, self.counts, self.metrics = [], [], {}
        table = ''
        for row in csv.reader(lines):
            if row and row[0] == 'TABLE':
                table = ','.join(row)
            elif 'STAT' in table or not row:
                continue
            elif row[0] in ('Event', 'Metric'):
                columns = [f for f in row if f.startswith('HWThread ')]
                self.threads = [int(f.split()[1]) for f in columns]
            elif ' Raw,' in table and self.threads and row[0] not in ('Region Info', 'call count') \
                    and not row[0].startswith('RDTSC'):
                self.counts.append((row[0], row[1], row[2:2 + len(self.threads)]))
            elif ' Metric,' in table:
                values = row[1:1 + len(self.threads)]
                self.metrics[row[0]] = [float(f) for f in values if f != 'nil']


def is_near(value, expected, tolerance):
    return abs(value - expected) <= tolerance * abs(expected)

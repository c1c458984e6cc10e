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


class Spread:
    """How the events of a rate lie in the cycles that have any: share and length of runs by number."""

    def __init__(self, words):
        fields = [word.split(':') for word in words]
        self.cycles = {int(n): (float(share), float(run)) for n, share, run in fields}

    def count(self, rate, cycles, threshold, invert, edge):
        """Cycles a second that meet a condition, of those that there are; or their runs."""
        events = sum(n * share for n, (share, _) in self.cycles.items())
        met = {n: figures for n, figures in self.cycles.items() if n >= threshold}
        count = rate * sum(share for share, _ in met.values()) / events
        if edge:
            return count / met[min(met)][1] if met else 0
        return cycles - count if invert else count


class Rates:
    """Events a second, of each CPU and box."""

    def __init__(self, lines):
        self.figures, self.events, self.spreads = {}, {}, {}
        for line in lines:
            who, event, umask, rate, *rest = line.split()
            if umask == '-':
                self.figures[who, event] = float(rate)
                continue
            event, umask = int(event, 0), int(umask, 0)
            filter_ = None if rest[0] == '-' else int(rest[0], 0)
            self.events.setdefault((who, event, filter_), {})[umask] = float(rate)
            if rest[1:]:
                self.spreads[who, event, umask] = Spread(rest[1:])

    def event(self, who, event, umask, filter_=None):
        """A listed unit mask counts its rate, another one the sum of its parts."""
        rates = self.events.get((who, event, filter_), {})
        if umask in rates:
            return rates[umask]
        return sum(rate for part, rate in rates.items() if part and part & ~umask == 0)


class Code:
    """What likwid-perfctr -e says of an event: event, unit mask, options that are always set."""

    def __init__(self, event, umask, options):
        self.event, self.umask, self.options = event, umask, parse_options(options.split('|'))


def parse_options(options):
    pairs = (option.strip().partition('=') for option in options if option.strip())
    return {name: int(value or '1', 0) for name, _, value in pairs}


def read_codes(lines):
    """Events of likwid-perfctr -e by name."""
    codes = {}
    for line in lines:
        match = re.match(r'(\w+), 0x(\w+), 0x(\w+), [^,]*(?:, (.*))?$', line)
        if match:
            codes[match[1]] = Code(int(match[2], 16), int(match[3], 16), match[4] or '')
    return codes


def filter_of(options):
    """What LIKWID makes of its options: of OFFCORE_RESPONSE, and the states of a cache line."""
    if 'MATCH0' in options or 'MATCH1' in options:
        return options.get('MATCH0', 0) | options.get('MATCH1', 0) << 16
    if 'STATE' in options:
        return (options['STATE'] & 0x1f) << 18
    return None


def counted(rates, who, code, options):
    """A second, of one CPU or box: events, or what cycles with a threshold."""
    options = {**code.options, **parse_options(options)}
    rate_ = rates.event(who, code.event, code.umask, filter_of(options))
    threshold, edge = options.get('THRESHOLD', 0), 'EDGEDETECT' in options
    if not threshold and not edge:
        return rate_
    spread = rates.spreads[who, code.event, code.umask]
    return spread.count(rate_, rates.figures[who, 'cycles'], threshold or 1, 'INVERT' in options, edge)


def rate(rates, codes, cpu, socket, event, counter):
    """Of a counter on one hardware thread that measures its socket's uncore."""
    counter, *options = counter.split(':')
    if counter in FIGURES:
        who = f'cpu{cpu}' if counter.startswith('FIX') else f'{socket}'
        return rates.figures[who, FIGURES[counter]]
    if counter.startswith('PMC'):
        return counted(rates, f'cpu{cpu}', codes[event], options)
    match = re.fullmatch(r'MBOX\dFIX', counter)
    if match:
        return rates.figures[f'{socket}', 'dclk']
    match = re.fullmatch(r'([CMSR]BOX)(\d)C\d', counter)
    if match:
        return counted(rates, f'{socket}.{BOXES[match[1]]}{match[2]}', codes[event], options)
    match = re.fullmatch(r'([BPWU]BOX)\d', counter)
    return counted(rates, f'{socket}.{SINGLE_BOXES[match[1]]}0', codes[event], options)


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

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: compare.py DRIVER SEQUENCES [SEED [FIRST]]

Random sequences of accesses and steps of time on a simulated machine, with all modifiers of events; whatever is
read has to be what the slow model says, to the last event. Each sequence has a fresh machine, fifty have a workload;
FIRST (0, 50, 100 …) is the number of the first one.
"""
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import workload as w
from model import ANY, EDGE, EN, INV, OS, USR, Model

PER_WORKLOAD = 50
PCI_BASE = {'qpi': 0, 'ha': 2, 'imc': 3, 'r2pcie': 4, 'r3qpi': 5}
COUNTERS = {'cbox': 4, 'ubox': 2, 'pcu': 4, 'imc': 4, 'ha': 4, 'qpi': 4, 'r2pcie': 4, 'r3qpi': 3}
WIDTH = {'cbox': 44, 'ubox': 44, 'pcu': 48, 'imc': 48, 'ha': 48, 'qpi': 48, 'r2pcie': 44, 'r3qpi': 44}
# box control, first select, first counter, filter
MSRS = {'cbox': (0xd04, 0xd10, 0xd16, 0xd14), 'ubox': (None, 0xc10, 0xc16, None), 'pcu': (0xc24, 0xc30, 0xc36, 0xc34)}
FREEZE = 0x10100
CPU_SELECTIONS = [*w.CPU_EVENTS, (0x3c, 0x00), (0x3c, 0x01), (0x24, 0x03), (0x2e, 0x7f), (0x99, 0x01)]


class Counter:
    """Counts a function of time since it was started."""

    def __init__(self, width):
        self.width, self.value, self.start, self.total = width, 0, 0, None

    def settle(self, ns):
        """True when it wrapped."""
        if self.total is None:
            return False
        now = self.total(ns)
        value = self.value + now - self.start
        self.value, self.start = value % 2**self.width, now
        return value >= 2**self.width

    def count(self, ns, total):
        self.total = total or None
        self.start = total(ns) if total else 0


class Sequence:
    """Says what the driver is to do, and what it has to answer."""

    def __init__(self, model):
        self.model, self.lines, self.expected, self.ns = model, ['new'], [], 0
        n = 8 if model.workload.threads == 1 else 4
        self.cpu = random.randrange(w.CPUS)
        self.general = [Counter(48) for _ in range(n)]
        self.fixed = [Counter(48) for _ in range(3)]
        self.selects, self.offcore = [0] * n, [0, 0]
        self.fixed_control, self.global_control, self.status = 0, 2**n - 1, 0
        self.package = random.randrange(w.PACKAGES)
        self.kind = random.choice(list(w.BOXES))
        self.counters = [Counter(WIDTH[self.kind]) for _ in range(COUNTERS[self.kind])]
        self.box_selects, self.box_control, self.filter = [0] * len(self.counters), 0, 0

    # the CPU

    def wrmsr(self, register, value, cpu=None):
        self.lines.append(f'wrmsr {self.cpu if cpu is None else cpu} {register:#x} {value:#x}')

    def rdmsr(self, register, value, cpu=None):
        self.lines.append(f'rdmsr {self.cpu if cpu is None else cpu} {register:#x}')
        self.expected.append(value)

    def settle(self):
        for i, counter in enumerate(self.general):
            self.status |= counter.settle(self.ns) << i
        for i, counter in enumerate(self.fixed):
            self.status |= counter.settle(self.ns) << 32 + i
        for counter in self.counters:
            counter.settle(self.ns)

    def route(self):
        for i, counter in enumerate(self.general):
            select = self.selects[i]
            runs = select & EN and select & (USR | OS) and self.global_control >> i & 1
            offcore = tuple(self.offcore)
            counter.count(self.ns, runs and (
                lambda ns, s=select, o=offcore: self.model.general(ns, self.cpu, s, o)))
        for i, counter in enumerate(self.fixed):
            field = self.fixed_control >> 4 * i & 0xf
            runs = field & 3 and self.global_control >> 32 + i & 1
            counter.count(self.ns, runs and (lambda ns, i=i, f=field: self.model.fixed(ns, self.cpu, i, f)))

    def random_select(self, events, levels):
        event, umask = random.choice(events)
        select = event & 0xff | umask << 8 | levels | random.choice([EN, EN, EN, EN, EN, 0])
        if event > 0xff:
            select |= 1 << 21
        if random.random() < 0.6:
            select |= random.choice([1, 1, 2, 3, 4, 6, random.randrange(256)]) << 24
            select |= random.choice([0, EDGE, INV, INV | EDGE])
        elif random.random() < 0.2:
            select |= random.choice([EDGE, INV])
        return select

    def program(self):
        i = random.randrange(len(self.general))
        levels = random.choice([USR, OS, USR | OS, USR | OS, 0]) | random.choice([0, 0, 0, ANY])
        self.selects[i] = self.random_select(CPU_SELECTIONS, levels)
        self.wrmsr(0x186 + i, self.selects[i])

    def program_all_levels(self):
        select = self.random_select(CPU_SELECTIONS, 0) | EN
        for i, levels in enumerate((USR, OS, USR | OS)):
            self.selects[i] = select | levels
            self.wrmsr(0x186 + i, self.selects[i])

    def program_fixed(self):
        self.fixed_control = random.randrange(2**12)
        self.wrmsr(0x38d, self.fixed_control)

    def start_or_stop(self):
        everything = 2**len(self.general) - 1 | 7 << 32
        self.global_control = random.choice([everything, everything, 0, random.randrange(2**48) & everything])
        self.wrmsr(0x38f, self.global_control)

    def narrow(self):
        i = random.randrange(2)
        self.offcore[i] = random.choice([*w.FILTER_VALUES['cpu'], 0])
        self.wrmsr(0x1a6 + i, self.offcore[i])

    def preset(self):
        value = random.choice([0, random.randrange(2**48), 2**48 - random.randrange(1, 10**10)])
        if random.random() < 0.3:
            i = random.randrange(3)
            self.fixed[i].value = value
            self.wrmsr(0x309 + i, value)
            return
        i = random.randrange(len(self.general))
        if random.random() < 0.5:
            self.general[i].value = value
            self.wrmsr(0x4c1 + i, value)
        else:
            low = value & 0xffffffff
            self.general[i].value = low | (0xffff00000000 if low >> 31 else 0)
            self.wrmsr(0xc1 + i, value)

    def clear_status(self):
        bits = random.choice([self.status, 1, 2, 1 << 32])
        self.status &= ~bits
        self.wrmsr(0x390, bits)

    def read(self):
        for i in random.sample(range(len(self.general)), 2):
            self.rdmsr(0xc1 + i, self.general[i].value)
        i = random.randrange(3)
        self.rdmsr(0x309 + i, self.fixed[i].value)
        if random.random() < 0.5:
            self.rdmsr(0x38e, self.status)

    # a box of a package, which all its CPUs reach

    def is_msr(self):
        return self.kind in MSRS

    def box_cpu(self):
        cores = w.CPUS // w.PACKAGES // self.model.workload.threads
        return self.package * cores

    def box_write(self, msr, offset, value):
        if self.is_msr():
            self.wrmsr(msr, value, self.box_cpu())
        else:
            function = PCI_BASE[self.kind] + self.package * len(w.FUNCTIONS)
            self.lines.append(f'wrpci {function} {offset:#x} {value:#x}')

    def route_box(self):
        frozen = self.box_control & FREEZE == FREEZE
        for select, counter in zip(self.box_selects, self.counters):
            counter.count(self.ns, select & EN and not frozen and (
                lambda ns, s=select & ~EN, f=self.filter: self.model.box(ns, self.package, self.kind, s, f)))

    def program_box(self):
        i = random.randrange(len(self.counters))
        select = self.random_select(w.BOXES[self.kind][1], 0)
        if self.kind in ('pcu', 'ubox'):
            select &= ~0xe0000000
        self.box_selects[i] = select
        self.box_write(self.is_msr() and MSRS[self.kind][1] + i, 0xd8 + 4 * i, select)

    def narrow_box(self):
        if self.kind in ('cbox', 'pcu'):
            self.filter = random.choice([*w.FILTER_VALUES[self.kind], 0])
            self.wrmsr(MSRS[self.kind][3], self.filter, self.box_cpu())

    def control_box(self):
        if self.kind == 'ubox':
            return
        self.box_control = random.choice([0, FREEZE, 0x100, 0x10000])
        resets = random.choice([0, 0, 0, 2]) if self.kind != 'imc' else 0
        if resets:
            for counter in self.counters:
                counter.value = 0
        self.box_write(self.is_msr() and MSRS[self.kind][0], 0xf4, self.box_control | resets)

    def preset_box(self):
        i = random.randrange(len(self.counters))
        width = WIDTH[self.kind]
        value = random.choice([0, random.randrange(2**width), 2**width - random.randrange(1, 10**9)])
        self.counters[i].value = value
        if self.is_msr():
            self.wrmsr(MSRS[self.kind][2] + i, value, self.box_cpu())
        else:
            self.box_write(None, 0xa0 + 8 * i, value & 0xffffffff)
            self.box_write(None, 0xa4 + 8 * i, value >> 32)

    def read_box(self):
        for i, counter in enumerate(self.counters):
            if self.is_msr():
                self.rdmsr(MSRS[self.kind][2] + i, counter.value, self.box_cpu())
                continue
            function = PCI_BASE[self.kind] + self.package * len(w.FUNCTIONS)
            for offset, shift in ((0xa0, 0), (0xa4, 32)):
                self.lines.append(f'rdpci {function} {offset + 8 * i:#x}')
                self.expected.append(counter.value >> shift & 0xffffffff)

    def advance(self):
        step = random.choice([random.randrange(1, 100), random.randrange(10**9), random.randrange(10**10),
                              random.randrange(1, 9) * 10**random.randrange(3, 10)])
        self.ns += step
        self.lines.append(f'advance {step}')

    def run(self):
        setup = [self.program, self.program, self.program, self.program_fixed, self.program_box, self.program_box]
        later = [*setup, self.program_all_levels, self.start_or_stop, self.narrow, self.preset, self.clear_status,
                 self.narrow_box, self.control_box, self.preset_box]
        for do in [*setup, *random.choices(later, k=random.randint(4, 12))]:
            self.settle()
            do()
            self.route()
            self.route_box()
            if random.random() < 0.4:
                self.advance()
                self.settle()
                self.read()
                self.read_box()
        self.advance()
        self.settle()
        self.read()
        self.read_box()


def run_workload(driver, n, folder):
    workload = w.Workload(random)
    workload.write(folder)
    model = Model(workload)
    sequences = []
    for _ in range(n):
        sequence = Sequence(model)
        sequence.run()
        sequences.append(sequence)
    commands = [line for sequence in sequences for line in sequence.lines]
    done = subprocess.run([driver, folder], input='\n'.join(commands) + '\n', text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f'{folder}: {done.stderr}')
    answers, wrong = iter(done.stdout.split()), 0
    for sequence in sequences:
        got = [next(answers) for _ in sequence.expected]
        expected = [str(value) for value in sequence.expected]
        if got != expected:
            wrong += 1
            if wrong == 1:
                explain(sequence, got, expected)
    return wrong, sum(len(sequence.expected) for sequence in sequences)


def explain(sequence, got, expected):
    """The accesses of a sequence up to the first answer that is wrong."""
    answers = iter(zip(got, expected))
    for line in sequence.lines:
        if not line.startswith('rd'):
            print(line)
            continue
        was, should = next(answers)
        print(f'{line}  -> {was}' + (f', not {should}' if was != should else ''))
        if was != should:
            return


def main(driver, n, seed='1', first='0'):
    n, begin = int(n), int(first)
    started, n_wrong, n_reads = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as name:
        for first in range(begin, begin + n, PER_WORKLOAD):
            random.seed(f'{seed} {first}')
            folder = pathlib.Path(name) / str(first)
            folder.mkdir()
            wrong, reads = run_workload(driver, min(PER_WORKLOAD, begin + n - first), folder)
            if wrong:
                print(f'{wrong} wrong from {first} on:\n' + (folder / 'workload.yaml').read_text())
            n_wrong += wrong
            n_reads += reads
    print(f'{n - n_wrong} of {n} sequences exact, {n_reads} reads, seed {seed}, {time.monotonic() - started:.1f} s')
    return 1 if n_wrong else 0


sys.exit(main(*sys.argv[1:]))

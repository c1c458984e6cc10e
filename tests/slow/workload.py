# SPDX-License-Identifier: MIT
"""Random workloads of a small node, as text for the machine and as exact numbers for the model."""
from fractions import Fraction

CPUS, PACKAGES = 8, 2
UCLK, DCLK, QCLK, PCLK, TSC, BUS = 2600, 800, 1000, 800, 2700, 100

NODE = """name: a node for counting
origin: assumed
cpu:
  vendor: GenuineIntel
  model_name: a model
  family: 6
  model: 45
  stepping: 7
  microcode: 0x710
  cpuid_level: 13
  physical_bits: 46
  virtual_bits: 48
  flags: fpu
  bugs: ""
topology:
  packages: 2
  cores_per_package: {cores}
  threads_per_core: {threads}
  numbering: thread-package-core
  apic_id_bits: {{core: 4, thread: 1}}
caches:
  - {{level: 3, type: Unified, size_kib: 20480, ways: 20, line_bytes: 64, shared_by: package}}
numa:
  - {{number: 0, cpus: 0-7, memory_kib: 1048576, distances: [10]}}
clocks_mhz: {{bus: 100, base: 2700, min: 1200, max: 3500, uncore: 2600, memory: 800, qpi: 1000}}
"""

# device and function, id; in the order of pci.txt
FUNCTIONS = [('08.2', 0x3c41), ('0b.0', 0x3ce0), ('0e.1', 0x3c46), ('10.0', 0x3cb0), ('13.1', 0x3c43),
             ('13.5', 0x3c44)]

# kind: clock in MHz, events; those with a filter name its bits
BOXES = {
    'cbox': (UCLK, [(0x00, 0x00), (0x37, 0x01), (0x37, 0x02), (0x34, 0x03), (0x35, 0x03)]),
    'ubox': (UCLK, [(0x42, 0x08)]),
    'pcu': (PCLK, [(0x00, 0x00), (0x05, 0x00), (0x80, 0x40), (0x0b, 0x00)]),
    'imc': (DCLK, [(0x00, 0x00), (0x04, 0x03), (0x04, 0x0c)]),
    'ha': (UCLK, [(0x00, 0x00), (0x01, 0x03)]),
    'qpi': (QCLK, [(0x14, 0x00), (0x00, 0x02), (0x102, 0x08), (0x02, 0x08)]),
    'r2pcie': (UCLK, [(0x01, 0x00), (0x07, 0x0f)]),
    'r3qpi': (UCLK, [(0x01, 0x00), (0x09, 0x0f)]),
}
TICKS = {'cbox': (0, 0), 'pcu': (0, 0), 'imc': (0, 0), 'ha': (0, 0), 'qpi': (0x14, 0), 'r2pcie': (1, 0),
         'r3qpi': (1, 0)}
CPU_EVENTS = [(0x0e, 0x01), (0xb1, 0x01), (0x51, 0x01), (0x24, 0x01), (0x24, 0x02), (0x2e, 0x41), (0x2e, 0x4f),
              (0xa2, 0x01), (0xb7, 0x01), (0xbb, 0x01), (0xc0, 0x00)]
# bits of a filter that an event looks at
FILTERS = {('cpu', 0xb7): 0x3fffff8fff, ('cpu', 0xbb): 0x3fffff8fff, ('cbox', 0x34): 0x007c0000,
           ('cbox', 0x35): 0xff800000, ('pcu', 0x0b): 0xff}
FILTER_VALUES = {'cpu': [0x10001, 0x780408fff], 'cbox': [0x7c0000, 0xc1040000], 'pcu': [0x1b, 0x0c]}


def decimal(random, most, places):
    return Fraction(random.randint(0, most * 10**places), 10**places)


def text(number):
    """A decimal fraction, exactly."""
    for places in range(20):
        if number * 10**places == int(number * 10**places):
            return f'{float(number):.{places}f}' if places else str(int(number))
    raise ValueError(number)


class Rate:
    """A line of the workload: events a second while active."""

    def __init__(self, event, umask, per_second):
        self.event, self.umask, self.per_second = event, umask, per_second
        self.filter, self.cycles, self.runs, self.line = None, None, {}, ''

    def at_least(self, threshold):
        """Cycles a second with so many events or more."""
        events = sum(n * share for n, share in self.cycles.items())
        return self.per_second * sum(s for n, s in self.cycles.items() if n >= threshold) / events

    def run(self, threshold):
        return self.runs.get(min((n for n in self.cycles if n >= threshold), default=None))


def random_shares(random, most, total):
    """Shares of up to most events, to three places."""
    numbers = sorted(random.sample(range(1, most + 1), random.randint(1, min(3, most))))
    cuts = sorted(random.sample(range(1, total), len(numbers) - 1))
    return {n: Fraction(b - a, total) for n, a, b in zip(numbers, [0, *cuts], [*cuts, total])}


def spread(random, rate, hz, pace_key, pace):
    """Says how the events of a rate are spread, if it fits; its line without that, or with it."""
    rate.line = f'{pace_key}: {text(pace)}'
    if random.random() < 0.3:
        return
    rate.cycles = random_shares(random, 6, 1000)
    if rate.at_least(1) > hz:
        rate.cycles = None
        return
    for number in rate.cycles:
        length = 1 + decimal(random, 9, 2)
        met = rate.at_least(number)
        if random.random() < 0.7 and met / length <= hz - met:
            rate.runs[number] = length
    rate.line += ', per_cycle: ' + flow(rate.cycles)
    if rate.runs:
        rate.line += ', run_cycles: ' + flow(rate.runs)


def spread_alone(random, rate, hz):
    """per_cycle says the rate too."""
    shares = random_shares(random, 5, 1000)
    rest = Fraction(random.randint(1, 999), 1000)
    rate.cycles = {n: share * (1 - rest) for n, share in shares.items()}
    rate.per_second = hz * sum(n * share for n, share in rate.cycles.items())
    rate.line = 'per_cycle: ' + flow({0: rest, **rate.cycles})


def flow(numbers):
    return '{' + ', '.join(f'{n}: {text(value)}' for n, value in numbers.items()) + '}'


def written(rate):
    filter_ = '' if rate.filter is None else f', filter: {rate.filter:#x}'
    return f'{{event: {rate.event:#x}, umask: {rate.umask:#x}, {rate.line}{filter_}, name: x}}'


def add_rates(random, kind, events, hz, instructions):
    rates = []
    for event, umask in events:
        filters = [None]
        if (kind, event) in FILTERS:
            filters = random.sample(FILTER_VALUES[kind], random.randint(0, 2))
        if random.random() < 0.1:
            continue
        for filter_ in filters:
            rate = Rate(event, umask, None)
            rate.filter = filter_
            if (event, umask) == TICKS.get(kind):
                rate.per_second = hz
                rate.line = f'per_second: {text(hz)}'
            elif (kind, event) == ('cpu', 0xc0):
                rate.per_second = instructions
                spread(random, rate, hz, 'per_instruction', Fraction(1))
            elif random.random() < 0.2:
                spread_alone(random, rate, hz)
            elif kind == 'cpu' and random.random() < 0.6:
                each = decimal(random, 1, 5)
                rate.per_second = each * instructions
                spread(random, rate, hz, 'per_instruction', each)
            else:
                rate.per_second = decimal(random, random.choice([3, 10**4, 10**8]), random.choice([0, 3]))
                spread(random, rate, hz, 'per_second', rate.per_second)
            rates.append(rate)
    return rates


class Load:
    """Of a CPU, or of the boxes of a package."""

    def __init__(self):
        self.hz = self.active = self.user = self.ipc = Fraction(0)
        self.rates, self.boxes = [], {}


def cpu_load(random):
    load = Load()
    load.hz = Fraction(random.choice([1200, 2500, 2700, 3100, 3333])) * 10**6
    load.active = random.choice([Fraction(1), Fraction(1), Fraction(0), decimal(random, 1, 2)])
    load.user = random.choice([Fraction(1), Fraction(0), decimal(random, 1, 3), decimal(random, 1, 1)])
    load.ipc = decimal(random, 3, 2)
    load.rates = add_rates(random, 'cpu', CPU_EVENTS, load.hz, load.hz * load.ipc)
    return load


def package_load(random):
    load = Load()
    for kind, (mhz, events) in BOXES.items():
        load.boxes[kind] = add_rates(random, kind, events, Fraction(mhz) * 10**6, None)
    return load


class Workload:
    """Phases: nanoseconds (0: for ever), the CPUs' and the packages' loads."""

    def __init__(self, random):
        self.threads = random.choice([1, 2])
        self.phases = []
        n = random.randint(1, 4)
        endless = random.random() < 0.5
        for i in range(n):
            ns = random.choice([random.randint(1000, 10**6) * 1000, random.randint(1, 4) * 10**8])
            if i == n - 1 and endless:
                ns = 0
            self.phases.append((ns, [cpu_load(random) for _ in range(CPUS)],
                                [package_load(random) for _ in range(PACKAGES)]))

    def core_of(self, cpu):
        """Package and core, as numbered thread-package-core."""
        cores = CPUS // PACKAGES // self.threads
        cpu %= cores * PACKAGES
        return cpu // cores, cpu % cores

    def siblings(self, cpu):
        return [other for other in range(CPUS) if self.core_of(other) == self.core_of(cpu)]

    def lines(self):
        yield 'phases:'
        for ns, cpus, packages in self.phases:
            yield '  - name: a phase'
            yield f'    seconds: {text(Fraction(ns, 10**9))}'
            yield '    cpus:'
            for number, load in enumerate(cpus):
                yield f'      - cpus: {number}'
                yield f'        frequency_mhz: {text(load.hz / 10**6)}'
                yield f'        active: {text(load.active)}'
                yield f'        user: {text(load.user)}'
                yield f'        instructions_per_cycle: {text(load.ipc)}'
                yield '        temperature_c: 50'
                yield '        rates:' if load.rates else '        rates: []'
                for rate in load.rates:
                    yield '          - ' + written(rate)
            yield '    packages:'
            for number, load in enumerate(packages):
                yield f'      - packages: {number}'
                yield '        package_watts: 80'
                yield '        pp0_watts: 50'
                yield '        dram_watts: 10'
                yield '        temperature_c: 50'
                yield '        boxes:'
                for kind, rates in load.boxes.items():
                    if rates:
                        yield f'          - unit: {kind}'
                        yield '            boxes: 0'
                        yield '            rates:'
                    for rate in rates:
                        yield '              - ' + written(rate)

    def write(self, folder):
        (folder / 'node.yaml').write_text(NODE.format(cores=CPUS // PACKAGES // self.threads, threads=self.threads))
        (folder / 'msr.txt').write_text('')
        (folder / 'workload.yaml').write_text('\n'.join(self.lines()) + '\n')
        with open(folder / 'pci.txt', 'w') as file:
            for package, bus in enumerate(['7f', 'ff']):
                for place, number in FUNCTIONS:
                    config = bytearray(256)
                    config[0:4] = bytes([0x86, 0x80, number & 0xff, number >> 8])
                    config[0x0a], config[0x0b] = 0x80, 0x08
                    if place == '0b.0':
                        config[0x40], config[0x54] = package, 0x08
                    file.write(f'0000:{bus}:{place} 0880: 8086:{number:04x}\n')
                    for i in range(0, 256, 16):
                        file.write(f'{i:02x}: {config[i:i + 16].hex(" ")}\n')
                    file.write('\n')

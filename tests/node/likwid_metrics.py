#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: likwid_metrics.py RATES CPUS-PER-SOCKET OUTPUT…

What an OUTPUT of likwid-perfctr -O, named GROUP.*, shows as metrics is what the workload does,
within 1 %. Sockets have CPUS-PER-SOCKET CPUs each, and their first one measures the uncore.
"""
import re
import sys

from likwid_numbers import Rates, Tables, is_near

TOLERANCE = 0.01


def channels(rates, socket, umask):
    return 64e-6 * sum(rates.event(f'{socket}.imc{i}', 0x04, umask) for i in range(4))


def ports(rates, socket, *selection):
    return 1e-6 * sum(rates.event(f'{socket}.qpi{i}', *selection) for i in range(2))


class Node:
    """The workload's figures for a hardware thread, in the units that LIKWID prints."""

    def __init__(self, rates, cpu, socket, tsc_mhz):
        self.rates, self.cpu, self.socket, self.tsc_mhz = rates, f'cpu{cpu}', socket, tsc_mhz

    def of_cpu(self, figure):
        return self.rates.figures[self.cpu, figure]

    def of_socket(self, figure):
        return self.rates.figures[f'{self.socket}', figure]

    def event(self, event, umask):
        return 1e-6 * self.rates.event(self.cpu, event, umask)

    def clock(self):
        # LIKWID measures the time stamp counter
        return self.tsc_mhz * self.of_cpu('cycles') / self.of_cpu('reference')

    def flops(self, packed, scalar, avx):
        return (packed * self.event(0x10, 0x10) + scalar * self.event(0x10, 0x80) +
                avx * self.event(0x11, 0x02))


EVERY_GROUP = {
    'CPI': lambda n: n.of_cpu('cycles') / n.of_cpu('instructions'),
    'Clock [MHz]': Node.clock,
}
POWER = {
    'Power [W]': lambda n: n.of_socket('package'),
    'Power DRAM [W]': lambda n: n.of_socket('dram'),
}
OF_CPU = {
    'MEM': EVERY_GROUP,
    'QPI': EVERY_GROUP,
    'CLOCK': EVERY_GROUP | {'Uncore Clock [MHz]': lambda n: n.of_socket('uclk') * 1e-6},
    'ENERGY': EVERY_GROUP | {'Temperature [C]': lambda n: n.of_cpu('celsius')},
    'L3': EVERY_GROUP | {
        'L3 load bandwidth [MBytes/s]': lambda n: 64 * n.event(0xf1, 0x07),
        'L3 evict bandwidth [MBytes/s]': lambda n: 64 * n.event(0xf0, 0x40),
        'L3 bandwidth [MBytes/s]': lambda n: 64 * (n.event(0xf1, 0x07) + n.event(0xf0, 0x40)),
    },
    'FLOPS_DP': EVERY_GROUP | {
        'DP [MFLOP/s]': lambda n: n.flops(2, 1, 4),
        'AVX DP [MFLOP/s]': lambda n: n.flops(0, 0, 4),
        'Packed [MUOPS/s]': lambda n: n.flops(1, 0, 1),
        'Scalar [MUOPS/s]': lambda n: n.flops(0, 1, 0),
    },
}
OF_SOCKET = {
    'MEM': {
        'Memory read bandwidth [MBytes/s]': lambda n: channels(n.rates, n.socket, 0x03),
        'Memory write bandwidth [MBytes/s]': lambda n: channels(n.rates, n.socket, 0x0c),
    },
    'CLOCK': POWER,
    'ENERGY': POWER | {'Power PP0 [W]': lambda n: n.of_socket('pp0')},
    'QPI': {
        'Received bandwidth from QPI [MBytes/s]': lambda n: 8 * (
            ports(n.rates, n.socket, 0x02, 0x08) + ports(n.rates, n.socket, 0x03, 0x04)),
        'Bandwidth QPI to LLC [MBytes/s]': lambda n: 64 * ports(n.rates, n.socket, 0x13, 0x01),
    },
}


def check(group, text, rates, cpus_per_socket):
    tables = Tables(text.splitlines())
    tsc_mhz = float(re.search(r'CPU clock:,([0-9.]+) GHz', text)[1]) * 1000
    n_right = n_wrong = 0
    for i, cpu in enumerate(tables.threads):
        node = Node(rates, cpu, cpu // cpus_per_socket, tsc_mhz)
        metrics = dict(OF_CPU[group])
        if cpu % cpus_per_socket == 0:
            metrics |= OF_SOCKET.get(group, {})
        for name, expect in metrics.items():
            value = tables.metrics[name][i]
            if is_near(value, expect(node), TOLERANCE):
                n_right += 1
            else:
                print(f'{group}: CPU {cpu}: {name} is {value:g}, not {expect(node):g}')
                n_wrong += 1
    return n_wrong == 0 and n_right > 0


def main(rates_path, cpus_per_socket, *outputs):
    with open(rates_path) as file:
        rates = Rates(file)
    right = True
    for path in outputs:
        group = path.split('/')[-1].split('.')[0]
        with open(path) as file:
            right &= check(group, file.read(), rates, int(cpus_per_socket))
    return 0 if right else 1


sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: likwid_agree.py MSRCTL SECONDS OUTPUT…

The figures of msrctl stat --json -g (documents one after the other in MSRCTL) are those that
likwid-perfctr -O prints in OUTPUTs named LIKWID's GROUP, within 0.1 %, on a node with CPU n in
socket n and a clock that LIKWID does not see: so rates are compared by what they sum up to.
"""
import json
import sys

from likwid_numbers import Tables

TOLERANCE = 1e-3
PRINTED = 5e-5  # LIKWID prints four digits behind the point

RATE = 'rate'  # times the seconds
# LIKWID's group and metric: ours, and what one of ours is in LIKWID's unit
AGREE = {
    ('MEM', 'Memory read data volume [GBytes]'): ('memory.read_bandwidth', 1e-9, RATE),
    ('MEM', 'Memory write data volume [GBytes]'): ('memory.write_bandwidth', 1e-9, RATE),
    ('MEM', 'Memory data volume [GBytes]'): ('memory.volume', 1e-9),
    ('CLOCK', 'CPI'): ('clock.cpi', 1),
    ('ENERGY', 'Energy [J]'): ('energy.package_energy', 1),
    ('ENERGY', 'Energy PP0 [J]'): ('energy.cores_energy', 1),
    ('ENERGY', 'Energy DRAM [J]'): ('energy.dram_power', 1, RATE),
    ('ENERGY', 'Temperature [C]'): ('thermal.core_temperature', 1),
    ('L2', 'L2D load data volume [GBytes]'): ('l2.load_bandwidth', 1e-9, RATE),
    ('L2', 'L2D evict data volume [GBytes]'): ('l2.evict_bandwidth', 1e-9, RATE),
    ('L2', 'L2 data volume [GBytes]'): ('l2.volume', 1e-9),
    ('L3', 'L3 load data volume [GBytes]'): ('l3.load_bandwidth', 1e-9, RATE),
    ('L3', 'L3 evict data volume [GBytes]'): ('l3.evict_bandwidth', 1e-9, RATE),
    ('L3', 'L3 data volume [GBytes]'): ('l3.volume', 1e-9),
    ('QPI', 'Received data volume from QPI [GBytes]'): ('qpi.received_volume', 1e-9),
    ('NUMA', 'Local DRAM data volume [GByte]'): ('numa.local_bandwidth', 1e-9, RATE),
    ('NUMA', 'Remote DRAM data volume [GByte]'): ('numa.remote_bandwidth', 1e-9, RATE),
    ('NUMA', 'Memory data volume [GByte]'): ('numa.volume', 1e-9),
    ('BRANCH', 'Branch rate'): ('branch.branch_rate', 1),
    ('BRANCH', 'Branch misprediction rate'): ('branch.miss_rate', 1),
    ('BRANCH', 'Branch misprediction ratio'): ('branch.miss_ratio', 1),
    ('BRANCH', 'Instructions per branch'): ('branch.branch_length', 1),
    ('FLOPS_DP', 'Vectorization ratio'): ('flops_dp.vector_share', 1),
    ('FLOPS_SP', 'Vectorization ratio'): ('flops_sp.vector_share', 1),
    ('TLB_DATA', 'L1 DTLB load misses'): ('tlb.load_misses', 1, RATE),
    ('TLB_DATA', 'L1 DTLB load miss rate'): ('tlb.load_rate', 1),
    ('TLB_DATA', 'L1 DTLB load miss duration [Cyc]'): ('tlb.load_walk', 1),
    ('TLB_DATA', 'L1 DTLB store misses'): ('tlb.store_misses', 1, RATE),
    ('TLB_DATA', 'L1 DTLB store miss rate'): ('tlb.store_rate', 1),
    ('TLB_DATA', 'L1 DTLB store miss duration [Cyc]'): ('tlb.store_walk', 1),
    ('CYCLE_STALLS', 'Execution stall rate [%]'): ('stalls.stalled', 1),
    ('CYCLE_STALLS', 'Stalls caused by L1D misses rate [%]'): ('stalls.stalled_l1d', 1),
    ('CYCLE_STALLS', 'Stalls caused by L2 misses rate [%]'): ('stalls.stalled_l2', 1),
}


def read_documents(text):
    decoder, figures = json.JSONDecoder(), {}
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        text = text.lstrip()[end:]
        for row in document['metrics']:
            figures[f"{row['group']}.{row['metric']}", row['number']] = row['value']
    return figures


def main(msrctl, seconds, *outputs):
    with open(msrctl) as file:
        figures = read_documents(file.read())
    wrong, compared = [], 0
    for path in outputs:
        group = path.split('/')[-1].split('.')[0]
        with open(path) as file:
            tables = Tables(file)
        for (of, name), (ours, unit, *rate) in AGREE.items():
            if of != group:
                continue
            # LIKWID leaves figures of a socket out for the last threads
            for cpu, wanted in zip(tables.threads, tables.metrics.get(name, [])):
                value = figures.get((ours, cpu))
                if value is None:
                    wrong.append(f'{ours} of {cpu} is not measured')
                    continue
                value *= unit * (float(seconds) if rate else 1)
                compared += 1
                if abs(value - wanted) > TOLERANCE * wanted + PRINTED:
                    wrong.append(f'{group}, {name} of {cpu}: {wanted:g}, and {ours} is {value:g}')
            if name not in tables.metrics:
                wrong.append(f'{group} has no {name}')
    print('\n'.join(wrong) or f'{compared} figures agree')
    return 1 if wrong or compared < 2 * 20 else 0


sys.exit(main(*sys.argv[1:]))

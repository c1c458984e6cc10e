#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: likwid_registers.py MAN-PAGE SEEN LIST

The table of msrd(8), section REGISTERS OF LIKWID, has exactly the accesses that were SEEN
(conversations, see conversation.h) and the answers to them, and what it says of msrd's policy
is what `msrctl list --json`, the LIST, says.
"""
import json
import re
import sys

# names of devices in conversations, without their number, to msrd's name of their kind
UNITS = {'MSR': 'msr', 'R3QPI': 'r3qpi', 'R2PCIE': 'r2pcie', 'IMC0CH': 'imc', 'HA': 'ha',
         'QPI': 'qpi', 'QPIMASK': 'qpi-mask', 'QPIMISC': 'qpi-misc'}
EXCHANGE = re.compile(r' *[0-9.]+ (\w+) +(\w+?)[0-9]* +\w+=\d+ reg=(0x\w+) .* err=(\d+)$')
N_CBOXES = 8


def registers(text, step):
    """Of "0xC1-0xC8, 0xD04+0x20n": ends are part of a range, n counts CBoxes."""
    for part in text.split(', '):
        match = re.fullmatch(r'(0x[0-9A-F]+)(?:-(0x[0-9A-F]+))?(\+0x20n)?', part)
        first, last = int(match[1], 16), int(match[2] or match[1], 16)
        for n in range(N_CBOXES if match[3] else 1):
            yield from range(first + 0x20 * n, last + 0x20 * n + 1, step)


def read_table(lines):
    """(unit, register): (verbs, policy, error), from the rows "| unit :| registers :| …"."""
    table, row = {}, []
    for line in lines:
        match = re.match(r'(\[\[|[|:]\[?) +(.*)', line)
        if not match:
            continue
        if not match[1].startswith(':'):
            row = []
        row.append(match[2].strip())
        if len(row) != 5 or row[0].startswith('*'):
            continue
        unit, numbers, _, asks, gets = row
        policy, _, error = gets.partition(': error ')
        for register in registers(numbers, 1 if unit == 'msr' else 4):
            assert (unit, register) not in table, f'{unit} {register:#x} is there twice'
            table[unit, register] = (asks, policy, int(error or 0))
    return table


def read_seen(lines):
    """(unit, register): verbs and errors."""
    seen = {}
    for line in lines:
        match = EXCHANGE.match(line)
        if not match:
            assert line.startswith(('EXIT', '#')), f'no exchange: {line}'
            continue
        verb, device, register, error = match.groups()
        if verb == 'CHECK':
            assert error == '0', f'check of {device}: error {error}'
            continue
        verbs, errors = seen.setdefault((UNITS[device], int(register, 16)), (set(), set()))
        verbs.add(verb[0])
        errors.add(int(error))
    names = {'R': 'read', 'W': 'write', 'RW': 'read, write'}
    return {key: (names[''.join(sorted(verbs))], errors) for key, (verbs, errors) in seen.items()}


def read_policy(text):
    """(section, register): what may be done with it."""
    policy = {}
    for entry in json.loads(text)['registers']:
        may = 'read'
        if entry['writable']:
            may = 'read, write'
        elif entry['clearable']:
            may = 'read, clear'
        elif entry['write_1']:
            may = 'write ones'
        if entry['profile'] == 'power':
            continue  # LIKWID's tools ask for none of it
        if entry['profile'] != 'counters':
            may += ' with ' + entry['profile']
        policy[entry['section'], int(entry['register'], 16)] = may
    return policy


def section(page):
    return page.split('# REGISTERS OF LIKWID\n')[1].split('\n# ')[0].splitlines()


def main(page, seen_path, list_path):
    with open(page) as file:
        table = read_table(section(file.read()))
    with open(seen_path) as file:
        seen = read_seen(file)
    with open(list_path) as file:
        policy = read_policy(file.read())
    wrong = []
    for key in sorted(table.keys() | seen.keys()):
        name = f'{key[0]} {key[1]:#x}'
        asks, may, error = table.get(key, ('nothing', 'nothing', 0))
        verbs, errors = seen.get(key, ('nothing', {0}))
        if asks != verbs:
            wrong.append(f'{name}: msrd(8) says LIKWID does {asks}, but it does {verbs}')
        elif errors != {error}:
            wrong.append(f'{name}: msrd(8) says error {error}, but it is {errors}')
        elif policy.get(key) != may:
            wrong.append(f'{name}: msrd(8) says {may}, but the allowlist {policy.get(key)}')
    print('\n'.join(wrong))
    return 1 if wrong or not seen else 0


sys.exit(main(*sys.argv[1:]))

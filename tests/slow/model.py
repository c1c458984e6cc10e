# SPDX-License-Identifier: MIT
"""What a node counts, computed with exact fractions, from one phase to the next.

Nothing is taken from the machine's code: addresses, bits and widths are those of Intel's manuals, and what a
workload means is what fixtures/README.md says.
"""
import math
from fractions import Fraction

import workload as w

USR, OS, EDGE, ANY, EN, INV = 1 << 16, 1 << 17, 1 << 18, 1 << 21, 1 << 22, 1 << 23
ONCE = {1: Fraction(1)}


class Share:
    """A second of a phase: so many counts, of which so much is the user's."""

    def __init__(self, rate=Fraction(0), user=Fraction(1)):
        self.rate, self.user = rate, user


class Source:
    """Events of one CPU or box in one phase: a second of the time that it is active."""

    def __init__(self, hz, active, user=Fraction(1)):
        self.hz, self.active, self.user = hz, active, user
        self.events, self.cycles, self.run = Fraction(0), None, lambda threshold: None
        self.known = True

    def take(self, rate):
        if rate.cycles:
            self.cycles, self.run = rate.cycles, rate.run

    def share(self, threshold, below, edge):
        if not self.known or self.active == 0:
            return Share()
        count = self.events
        if threshold:
            count = self.cycles_of(threshold, below, edge)
        return Share(count * self.active, self.user)

    def cycles_of(self, threshold, below, edge):
        if self.events == 0:
            return self.hz if below and not edge else Fraction(0)
        if self.cycles is None:
            return Fraction(0)
        events = sum(n * share for n, share in self.cycles.items())
        met = self.events * sum(s for n, s in self.cycles.items() if n >= threshold) / events
        if edge:
            if met == 0 or (met == self.hz and self.active == 1):
                return Fraction(0)
            run = self.run(threshold)
            return met / run if run else Fraction(0)
        return self.hz - met if below else met


def chosen(rates, event, umask, filter_, mask):
    """The rates that a selection counts."""
    def fits(rate):
        if rate.event != event or (rate.filter is None) != (mask is None):
            return False
        return mask is None or (rate.filter ^ filter_) & mask == 0

    exact = [rate for rate in rates if fits(rate) and rate.umask == umask]
    return exact or [rate for rate in rates if fits(rate) and rate.umask and rate.umask & ~umask == 0]


class Counting:
    """One flow over time: shares, one of each phase, as whole numbers of a common fraction."""

    def __init__(self, phases, shares):
        self.shares, self.lengths = shares, [length for length, _, _ in phases]
        events = math.lcm(*(share.rate.denominator for share in shares))
        self.users_of_one = math.lcm(*(share.user.denominator for share in shares))
        self.one = events * 10**9  # an event, in units of a nanosecond's
        self.rates = [int(share.rate * events) for share in shares]
        self.users = [int(share.user * self.users_of_one) for share in shares]
        self.round = sum(rate * length for rate, length in zip(self.rates, self.lengths))
        self.user_round = sum(r * u * length for r, u, length in zip(self.rates, self.users, self.lengths))

    def rounds(self, ns):
        """Rounds that are over, and nanoseconds since: phases repeat, unless the last one has no end."""
        return (0, ns) if self.lengths[-1] == 0 else divmod(ns, sum(self.lengths))

    def segments(self, ns):
        """Nanoseconds, rate and user's share of each phase that there was, from the beginning of a round on."""
        while ns > 0:
            for length, rate, user in zip(self.lengths, self.rates, self.users):
                step = ns if length == 0 else min(ns, length)
                if step > 0:
                    yield step, rate, user
                ns -= step
                if ns == 0:
                    return

    def total(self, ns):
        rounds, ns = self.rounds(ns)
        return (rounds * self.round + sum(rate * step for step, rate, _ in self.segments(ns))) // self.one

    def user(self, ns):
        """Of the whole events, those of the user: his part of what has come up to the last of them."""
        left = self.total(ns) * self.one
        rounds = min(self.rounds(ns)[0], left // self.round) if self.round else 0
        left -= rounds * self.round
        users = rounds * self.user_round
        for step, rate, user in self.segments(ns - rounds * sum(self.lengths)):
            part = min(left, rate * step)
            users += part * user
            left -= part
        return users // (self.one * self.users_of_one)

    def count(self, ns, levels):
        if levels == USR | OS:
            return self.total(ns)
        return self.user(ns) if levels == USR else self.total(ns) - self.user(ns)


class Model:
    def __init__(self, workload):
        self.workload, self.cache = workload, {}

    def reset(self):
        self.ns = 0

    # CPUs

    def cpu_source(self, load, kind, event, umask, filter_):
        source = Source(load.hz, load.active, load.user)
        if kind == 'reference':
            source.events = Fraction(w.TSC) * 10**6
        elif kind == 'cycles':
            source.events, source.cycles = load.hz, ONCE
        elif kind == 'bus':
            source.events, source.cycles = Fraction(w.BUS) * 10**6, ONCE
            source.run = lambda threshold: Fraction(1) if threshold == 1 else None
        else:
            mask = w.FILTERS.get(('cpu', event)) if umask == 1 else None
            rates = chosen(load.rates, event, umask, filter_, mask)
            source.known = bool(rates) or kind == 'instructions'
            source.events = sum((rate.per_second for rate in rates), Fraction(0))
            if kind == 'instructions':
                source.events = load.hz * load.ipc
            if len(rates) == 1:
                source.take(rates[0])
        return source

    def thread(self, cpu, kind, condition, event=0, umask=0, filter_=0):
        key = cpu, kind, condition, event, umask, filter_
        if key not in self.cache:
            shares = [self.cpu_source(cpus[cpu], kind, event, umask, filter_).share(*condition)
                      for _, cpus, _ in self.workload.phases]
            self.cache[key] = Counting(self.workload.phases, shares)
        return self.cache[key]

    def cpu_count(self, ns, cpu, kind, condition, levels, any_thread, event=0, umask=0, filter_=0):
        selection = kind, condition, event, umask, filter_
        if not any_thread:
            return self.thread(cpu, *selection).count(ns, levels)
        siblings = self.workload.siblings(cpu)
        if kind in ('cycles', 'reference', 'bus'):
            threads = [self.thread(other, *selection).shares for other in siblings]
            busiest = [max(shares, key=lambda share: share.rate) for shares in zip(*threads)]
            return Counting(self.workload.phases, busiest).count(ns, levels)
        busy = max(sum(cpus[other].active > 0 for other in siblings) for _, cpus, _ in self.workload.phases)
        if condition[0] and busy > 1:
            return 0
        return sum(self.thread(other, *selection).count(ns, levels) for other in siblings)

    def general(self, ns, cpu, select, offcore):
        levels = select & (USR | OS)
        event, umask = select & 0xff, select >> 8 & 0xff
        threshold = select >> 24
        condition = (threshold or (1 if select & EDGE else 0), bool(threshold and select & INV), bool(select & EDGE))
        kind = {(0x3c, 0): 'cycles', (0x3c, 1): 'bus', (0xc0, 0): 'instructions'}.get((event, umask), 'event')
        filter_ = {0xb7: offcore[0], 0xbb: offcore[1]}.get(event, 0)
        return self.cpu_count(ns, cpu, kind, condition, levels, bool(select & ANY), event, umask, filter_)

    def fixed(self, ns, cpu, number, field):
        kind = ('instructions', 'cycles', 'reference')[number]
        levels = (OS if field & 1 else 0) | (USR if field & 2 else 0)
        return self.cpu_count(ns, cpu, kind, (0, False, False), levels, bool(field & 4), *((0xc0, 0) if number == 0 else ()))

    # boxes

    def box_source(self, load, kind, event, umask, filter_):
        source = Source(Fraction(w.BOXES[kind][0]) * 10**6, Fraction(1))
        rates = chosen(load.boxes[kind], event, umask, filter_, w.FILTERS.get((kind, event)))
        source.known = bool(rates)
        source.events = sum((rate.per_second for rate in rates), Fraction(0))
        if len(rates) == 1:
            source.take(rates[0])
        if not source.cycles and (event, umask) == w.TICKS.get(kind):
            source.cycles = ONCE
        return source

    def box(self, ns, package, kind, select, filter_):
        threshold = select >> 24 & (0x1f if kind in ('pcu', 'ubox') else 0xff)
        if threshold == 0 and select & (EDGE | INV):
            return 0
        event = select & 0xff
        if kind in ('qpi', 'pcu') and select & 1 << 21:
            event |= 0x100
        key = package, kind, select, filter_
        if key not in self.cache:
            condition = threshold, bool(select & INV), bool(select & EDGE)
            shares = [self.box_source(packages[package], kind, event, select >> 8 & 0xff, filter_).share(*condition)
                      for _, _, packages in self.workload.phases]
            self.cache[key] = Counting(self.workload.phases, shares)
        return self.cache[key].total(ns)

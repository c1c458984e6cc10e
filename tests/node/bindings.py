#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What src/client/examples/msrd.py says it does, on the simulated node.

usage: bindings.py FOLDER-OF-MSRD.PY MSRD [numpy]
"""
import ctypes
import sys

sys.path.insert(0, sys.argv[1])
import msrd  # noqa: E402 pylint: disable=wrong-import-position

UNITS, PMC, FORBIDDEN = 0x606, 0xc1, 0x600
POWER_UNIT = 0xa1003


def error_of(function, *arguments):
    """What it raises."""
    try:
        function(*arguments)
    except msrd.Error as error:
        return error
    raise AssertionError("no error")


def with_ctypes(handle):
    """Arrays of Op, in place."""
    cpus = handle.cpus()
    assert cpus == list(range(16)), cpus
    ops = (msrd.Op * 32)(*[op for cpu in cpus for op in (msrd.write(cpu, PMC, 100 + cpu), msrd.read(cpu, PMC))])
    times = handle.batch(ops)
    assert times.begin_ns <= times.end_ns
    assert [op.value for op in ops[1::2]] == [100 + cpu for cpu in cpus]
    batch = handle.prepare([msrd.read(cpu, UNITS) for cpu in cpus])
    for _ in range(3):
        batch.run()
        assert {op.value for op in batch.ops} == {POWER_UNIT}


def errors(handle):
    """Each is an exception with the library's text."""
    ops = (msrd.Op * 2)(msrd.read(0, FORBIDDEN), msrd.read(0, UNITS))
    error = error_of(handle.batch, ops)
    assert error.code == 2 and "0x600" in str(error), error
    assert [op.status for op in ops] == [2, 0]
    assert "NO_SUCH" in str(error_of(handle.register, "NO_SUCH"))
    assert "no program" in str(error_of(msrd.Msrd, "/nonexistent/msrd"))
    assert error_of(handle.prepare, [msrd.Op(verb=9)]).code == -22


def with_numpy(handle):
    """The same arrays, and nothing is copied."""
    import numpy
    assert msrd.dtype().itemsize == ctypes.sizeof(msrd.Op) == 32
    ops = numpy.zeros(2000, dtype=msrd.dtype())
    ops["device"] = numpy.arange(2000) % 16
    ops["reg"] = UNITS
    handle.batch(ops)
    assert (ops["status"] == 0).all() and (ops["value"] == POWER_UNIT).all()
    for wrong in (ops[::2], numpy.zeros(4, dtype="<u8")):
        try:
            handle.batch(wrong)
        except TypeError:
            continue
        raise AssertionError("an array that is none is taken")
    batch = handle.prepare([msrd.read(cpu, PMC) for cpu in range(16)])
    array = batch.array()
    for value in (7, 8):
        handle.batch((msrd.Op * 1)(msrd.write(5, PMC, value)))
        batch.run()
        assert array["value"][5] == value  # made before: it is the batch's own memory
    assert array.ctypes.data == ctypes.addressof(batch.ops)


def main():
    """The first that does not hold ends it."""
    with msrd.Msrd(daemon=sys.argv[2]) as handle:
        with_ctypes(handle)
        errors(handle)
        if "numpy" in sys.argv[3:]:
            with_numpy(handle)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libmsrd from Python, by ctypes alone, and as a program the registers of all CPUs.

    import msrd
    with msrd.Msrd() as handle:
        reg = handle.register("IA32_TIME_STAMP_COUNTER")
        batch = handle.prepare([msrd.read(cpu, reg) for cpu in handle.cpus()])
        while True:
            batch.run()
            print([op.value for op in batch.ops])

Where numpy is there, handle.batch() also takes an array of msrd.dtype() and fills it in place, and
batch.array() is the batch's own results: nothing is copied.

usage: msrd.py [--daemon PATH] [--no-numpy] [-n SAMPLES] REGISTER...
"""
import argparse
import contextlib
import ctypes
import os
import sys

READ, WRITE, CHECK = range(3)
MSR, PCI = range(2)
EACH, UNTIL_FAILURE, ALL_OR_NONE = range(3)
ERROR_SIZE, NAME_SIZE = 512, 64


class Error(Exception):
    """What libmsrd says of it; code is its result: -errno, or a status of the daemon's."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Op(ctypes.Structure):
    """struct msrd_op: 32 bytes."""
    _fields_ = [("verb", ctypes.c_uint8), ("space", ctypes.c_uint8), ("unit", ctypes.c_uint16),
                ("device", ctypes.c_uint32), ("index", ctypes.c_uint32), ("reg", ctypes.c_uint32),
                ("value", ctypes.c_uint64), ("status", ctypes.c_uint16), ("reason", ctypes.c_uint16),
                ("reserved", ctypes.c_uint32)]


class Cpu(ctypes.Structure):
    """struct msrd_cpu."""
    _fields_ = [("socket", ctypes.c_uint32), ("is_present", ctypes.c_uint8), ("is_online", ctypes.c_uint8),
                ("status", ctypes.c_uint16)]


class Times(ctypes.Structure):
    """struct msrd_times: ns of CLOCK_MONOTONIC."""
    _fields_ = [("begin_ns", ctypes.c_uint64), ("end_ns", ctypes.c_uint64)]


class Options(ctypes.Structure):
    """struct msrd_options."""
    _fields_ = [("daemon", ctypes.c_char_p), ("service", ctypes.c_char_p), ("start_timeout_ms", ctypes.c_uint),
                ("reply_timeout_ms", ctypes.c_uint), ("end_timeout_ms", ctypes.c_uint), ("direct", ctypes.c_int)]


def dtype():
    """The same as numpy has it."""
    import numpy
    return numpy.dtype([(name, {1: "u1", 2: "<u2", 4: "<u4", 8: "<u8"}[ctypes.sizeof(kind)])
                        for name, kind in Op._fields_])


def read(cpu, reg):
    """A read of an MSR."""
    return Op(verb=READ, space=MSR, device=cpu, reg=reg)


def write(cpu, reg, value):
    """A write of one."""
    return Op(verb=WRITE, space=MSR, device=cpu, reg=reg, value=value)


def load(path=None):
    """The library, with what its functions take and give."""
    library = ctypes.CDLL(path or os.environ.get("LIBMSRD", "libmsrd.so.0"))
    pointer, size, u32 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint32
    for name, result, arguments in [
            ("msrd_open", ctypes.c_int, [ctypes.POINTER(pointer), ctypes.POINTER(Options), pointer, size]),
            ("msrd_close", pointer, [pointer]),
            ("msrd_error", pointer, [pointer, pointer, size]),
            ("msrd_cpus", ctypes.c_int, [pointer, pointer, size, ctypes.POINTER(size)]),
            ("msrd_register_find", ctypes.c_int, [pointer, ctypes.c_int, ctypes.c_int, ctypes.c_char_p,
                                                  ctypes.POINTER(u32)]),
            ("msrd_batch", ctypes.c_int, [pointer, pointer, size, ctypes.c_int, ctypes.POINTER(Times)]),
            ("msrd_prepare", ctypes.c_int, [pointer, ctypes.POINTER(pointer), pointer, size, ctypes.c_int]),
            ("msrd_run", ctypes.c_int, [pointer]),
            ("msrd_batch_ops", ctypes.POINTER(Op), [pointer, ctypes.POINTER(size)]),
            ("msrd_batch_times", Times, [pointer]),
            ("msrd_batch_free", pointer, [pointer]),
            ("msrd_region_begin", ctypes.c_int, [ctypes.c_char_p]),
            ("msrd_region_end", ctypes.c_int, [ctypes.c_char_p]),
            ("msrd_status_text", ctypes.c_char_p, [ctypes.c_int])]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@contextlib.contextmanager
def region(name, library=None):
    """Marks what is done within, for `msrctl stat --regions`; else it does nothing.

        with msrd.region("solve"):
            solve()
    """
    library = library or load()
    library.msrd_region_begin(name.encode())
    try:
        yield
    finally:
        library.msrd_region_end(name.encode())


class Msrd:
    """A handle: one daemon. What goes wrong is an Error."""

    def __init__(self, daemon=None, service=None, library=None):
        self._library = load(library)
        self._handle = ctypes.c_void_p()
        self._batches = []
        text = ctypes.create_string_buffer(ERROR_SIZE)
        options = Options(daemon=daemon and os.fsencode(daemon), service=service and os.fsencode(service))
        r = self._library.msrd_open(ctypes.byref(self._handle), ctypes.byref(options), text, ERROR_SIZE)
        if r != 0:
            raise Error(r, text.value.decode())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        """Registers stay as they are. Batches are gone with it."""
        for batch in self._batches:
            batch.free()
        self._batches = []
        self._handle = ctypes.c_void_p(self._library.msrd_close(self._handle))

    def check(self, r):
        """Raises what a result that is not 0 means."""
        if r != 0:
            text = ctypes.create_string_buffer(ERROR_SIZE)
            self._library.msrd_error(self._handle, text, ERROR_SIZE)
            raise Error(r, text.value.decode())

    def cpus(self):
        """Numbers of the CPUs that the daemon reaches."""
        n = ctypes.c_size_t()
        self.check(self._library.msrd_cpus(self._handle, None, 0, ctypes.byref(n)))
        cpus = (Cpu * n.value)()
        self.check(self._library.msrd_cpus(self._handle, cpus, n, ctypes.byref(n)))
        return [number for number, cpu in enumerate(cpus) if cpu.status == 0]

    def register(self, name, space=MSR, unit=0):
        """The address of the register that is called so."""
        reg = ctypes.c_uint32()
        self.check(self._library.msrd_register_find(self._handle, space, unit, name.encode(), ctypes.byref(reg)))
        return reg.value

    def batch(self, ops, mode=EACH):
        """Carries out ops, an array of Op or one of numpy's of dtype(), in place. Its times."""
        times = Times()
        if isinstance(ops, ctypes.Array):
            address, n = ctypes.addressof(ops), len(ops)
        else:
            if ops.dtype != dtype() or not ops.flags.c_contiguous or not ops.flags.writeable:
                raise TypeError("an array of msrd.dtype() that is contiguous and may be written")
            address, n = ops.ctypes.data, ops.size
        self.check(self._library.msrd_batch(self._handle, address, n, mode, ctypes.byref(times)))
        return times

    def prepare(self, ops, mode=EACH):
        """A Batch of a list of Op, to be run many times."""
        batch = Batch(self, self._library, self._handle, ops, mode)
        self._batches.append(batch)
        return batch

    def status_text(self, status):
        """A few words."""
        return (self._library.msrd_status_text(status) or b"unknown").decode()


class Batch:
    """What Msrd.prepare gives."""

    def __init__(self, owner, library, handle, ops, mode):
        array = (Op * len(ops))(*ops)
        n = ctypes.c_size_t()
        self._owner, self._library, self._batch = owner, library, ctypes.c_void_p()
        owner.check(library.msrd_prepare(handle, ctypes.byref(self._batch), array, len(ops), mode))
        self._ops = library.msrd_batch_ops(self._batch, ctypes.byref(n))
        self._n = n.value

    def run(self):
        """An Error where one of them is not done: ops tell which."""
        self._owner.check(self._library.msrd_run(self._batch))

    @property
    def ops(self):
        """The library's own, with their results: an array of Op, until the handle is closed."""
        return ctypes.cast(self._ops, ctypes.POINTER(Op * self._n)).contents

    def array(self):
        """The same for numpy."""
        import numpy
        array = numpy.frombuffer(self.ops, dtype=dtype())
        array.flags.writeable = False
        return array

    def times(self):
        """Of the last run."""
        return self._library.msrd_batch_times(self._batch)

    def free(self):
        """Its ops are no more."""
        self._batch = ctypes.c_void_p(self._library.msrd_batch_free(self._batch))


def has_numpy():
    """Is it installed?"""
    try:
        import numpy  # noqa: F401 pylint: disable=unused-import
    except ImportError:
        return False
    return True


def print_table(handle, batch, names, cpus):
    """A row a CPU, a column a register."""
    cells = [f"{op.value:#x}" if op.status == 0 else handle.status_text(op.status) for op in batch.ops]
    print("CPU", *(f"{name:>24}" for name in names))
    for i, cpu in enumerate(cpus):
        print(f"{cpu:3}", *(f"{cell:>24}" for cell in cells[i * len(names):(i + 1) * len(names)]))


def sample(handle, names, n_samples, with_numpy):
    """Reads all by one batch, n_samples times."""
    cpus, regs = handle.cpus(), [handle.register(name) for name in names]
    batch = handle.prepare([read(cpu, reg) for cpu in cpus for reg in regs])
    sums = [0] * len(regs)
    for _ in range(n_samples):
        batch.run()
        if with_numpy:
            columns = batch.array()["value"].reshape(len(cpus), len(regs))
            sums = [int(column.astype(object).sum()) for column in columns.T]
        else:
            sums = [sum(op.value for op in batch.ops[i::len(regs)]) for i in range(len(regs))]
    print_table(handle, batch, names, cpus)
    print("sum", *(f"{total:>#24x}" for total in sums))
    times = batch.times()
    print(f"{n_samples} times, the last in {times.end_ns - times.begin_ns} ns, "
          f"{'with' if with_numpy else 'without'} numpy")


def main():
    """The exit status."""
    parser = argparse.ArgumentParser(description="Read MSRs of all CPUs by one batch.")
    parser.add_argument("--daemon", help="start this daemon instead of the installed one")
    parser.add_argument("--no-numpy", action="store_true", help="go without numpy, though it is installed")
    parser.add_argument("-n", type=int, default=1, metavar="SAMPLES", help="how often")
    parser.add_argument("registers", nargs="+", metavar="REGISTER", help="a name, such as IA32_PMC0")
    arguments = parser.parse_args()
    try:
        with Msrd(daemon=arguments.daemon) as handle:
            sample(handle, arguments.registers, max(arguments.n, 1), has_numpy() and not arguments.no_numpy)
    except (Error, OSError) as error:
        print(f"msrd.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""msrctl export on a node whose clock is moved by hand: what it serves is what the node's workload
says, whoever asks how; and it goes on whatever befalls it.

usage: exported.py MSRCTL MSRD WORK PART...
"""
import os
import pathlib
import resource
import signal
import socket
import stat
import subprocess
import sys
import time

from exporter import OPENMETRICS, Exporter, kill_daemons, samples_of, wait_until

CLOCK = "/sys/devices/sim/clock"
WORKLOAD = "/sys/devices/sim/workload"
FAULT = pathlib.Path("/sys/devices/sim/fault")
LOCK = pathlib.Path("/run/likwid.lock")
PROGRAMMED = ("0x38d", "0x38f")
STEP_S = 0.5

msrctl, msrd, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
n_failed = 0


def check(sentence, holds, about=""):
    global n_failed
    print("ok:" if holds else "FAILED:", sentence)
    if not holds:
        n_failed += 1
        print(about)


def start(*arguments, **options):
    return Exporter(msrctl, "--daemon", msrd, "export", "--listen", "127.0.0.1:0", *arguments, **options)


def run(*arguments):
    return subprocess.run([msrctl, "--daemon", msrd, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60)


def move(seconds):
    pathlib.Path(CLOCK).write_text(f"+{seconds}s")


def expected():
    figures = {}
    for line in pathlib.Path(WORKLOAD).read_text().splitlines():
        words = line.split("#")[0].split()
        if len(words) == 4 and words[0] in ("cpu", "socket"):
            figures[words[0], words[1], words[2]] = float(words[3])
    return figures


# --- figures

RATES = {
    "cycles_per_second": "msrd_cpu_cycles_total",
    "instructions_per_second": "msrd_cpu_instructions_total",
    "active": "msrd_cpu_active_seconds_total",
    "memory_read_bytes_per_second": "msrd_memory_read_bytes_total",
    "memory_write_bytes_per_second": "msrd_memory_written_bytes_total",
    "package_watts": "msrd_package_joules_total",
    "dram_watts": "msrd_dram_joules_total",
}


def rates_between(before, after, seconds):
    return {key: (after[key] - before[key]) / seconds for key in after if key in before}


def wrong_figures(before, after, seconds, wanted):
    rates, wrong = rates_between(before, after, seconds), []
    for (scope, number, name), value in expected().items():
        if name not in wanted:
            continue
        key = [k for k in after if k[0] == RATES[name] and (scope, number) in k[1:]]
        measured = rates[key[0]] if len(key) == 1 else None
        # an energy counter moves every millisecond
        if measured is None or abs(measured - value) > 0.01 * value:
            wrong.append(f"{scope} {number} {name}: {measured} and not {value}: {key}")
    return wrong


def part_figures():
    programmed = ("instructions_per_second", "memory_read_bytes_per_second", "memory_write_bytes_per_second")
    with start() as exporter:
        before = exporter.next_scrape()
        move(STEP_S)
        after = exporter.next_scrape()
        wrong = wrong_figures(before, after, STEP_S, set(RATES) - set(programmed))
        check("cycles, active time and energies are those of the workload", not wrong, wrong)
        check("what has to be programmed is not there unless it is asked for",
            not [key for key in after if key[0] in [RATES[name] for name in programmed]], after)
        clocks = {cpu: (after["msrd_cpu_cycles_total", ("cpu", cpu), ("socket", s)] -
                        before["msrd_cpu_cycles_total", ("cpu", cpu), ("socket", s)]) /
                       (after["msrd_cpu_active_seconds_total", ("cpu", cpu), ("socket", s)] -
                        before["msrd_cpu_active_seconds_total", ("cpu", cpu), ("socket", s)])
                  for _, (_, cpu), (_, s) in [k for k in after if k[0] == "msrd_cpu_cycles_total"]}
        check("cycles by active time are the clock", all(
            abs(clocks[number] / value - 1) < 0.01
            for (scope, number, name), value in expected().items() if name == "cycles_per_second"), clocks)
        check("temperatures are there", [k for k in after if k[0] == "msrd_core_temperature_celsius"] and
            all(30 < v < 90 for k, v in after.items() if "temperature" in k[0]), after)
        check("nothing is unavailable", not [k for k in after if k[0] == "msrd_unavailable"], after)
    with start("--instructions") as exporter:
        before = exporter.next_scrape()
        move(STEP_S)
        after = exporter.next_scrape()
        wrong = wrong_figures(before, after, STEP_S, RATES)
        check("instructions and memory traffic, too, when they are asked for", not wrong, wrong)


def part_untouched():
    """msrctl-export.sh looks for writes in the trace of it."""
    with start() as exporter:
        exporter.next_scrape()
        status, err = exporter.end()
    check("it ends with 0 and says nothing", status == 0 and not err, (status, err))


def registers():
    done = [run("read", "-c", "0-1", name) for name in PROGRAMMED] + [run("read", "-u", "imc0-3", "0xd8")]
    return "".join(one.stdout for one in done)


def part_restored():
    before = registers()
    for number in (signal.SIGTERM, signal.SIGINT):
        with start("--instructions") as exporter:
            exporter.next_scrape()
            during = registers()
            status, err = exporter.end(number)
        check(f"{number.name} puts back what it has programmed",
            status == 0 and not err and during != before and registers() == before, (status, err, registers()))


# --- HTTP

def part_http():
    with start() as exporter:
        status, headers, text = exporter.get(accept=OPENMETRICS)
        (work / "openmetrics").write_text(text)
        check("who takes OpenMetrics gets it", status == 200 and headers["Content-Type"] ==
            "application/openmetrics-text; version=1.0.0; charset=utf-8", headers)
        status, headers, plain = exporter.get()
        (work / "plain").write_text(plain)
        check("... others get the text format", status == 200 and
            headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers)
        check("... with the same samples", {k for k in samples_of(text)} == {k for k in samples_of(plain)}, plain)
        for accept, wanted in (("application/openmetrics-text;q=0, text/plain", "text/plain"),
                               ("application/openmetrics-text; q=0.0", "text/plain"),
                               ("text/html, application/openmetrics-text;q=0.5", "application/openmetrics-text"),
                               ("APPLICATION/OpenMetrics-Text", "application/openmetrics-text"),
                               ("application/json", "text/plain"), (",,;q=,", "text/plain")):
            headers = exporter.get(accept=accept)[1]
            check(f"Accept: {accept} gets {wanted}", headers["Content-Type"].startswith(wanted + ";"), headers)
        status, headers, body = exporter.get(method="HEAD")
        check("HEAD has the header alone", status == 200 and not body and int(headers["Content-Length"]) > 100, body)
        status, headers, body = exporter.get("/")
        check("/ leads to it", status == 200 and 'href="/metrics"' in body, body)
        check("another path is not there", exporter.get("/etc/passwd")[0] == 404)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
            status, headers, _ = exporter.get(method=method)
            check(f"{method} is not allowed", status == 405 and headers["Allow"] == "GET, HEAD", (status, headers))
        reads = exporter.scrape()["msrd_reads_total",]
        begin = time.monotonic()
        for _ in range(100):
            now = exporter.scrape()["msrd_reads_total",]
        most = (time.monotonic() - begin) / 0.1 + 2
        check("a flood of requests is none of reads", now - reads <= most, (reads, now, most))


def is_closed(connection):
    """By the other side, whatever it said before."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def still_serves(exporter):
    return exporter.scrape()["msrd_up",] == 1


def rss_kib(exporter):
    for line in pathlib.Path(f"/proc/{exporter.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def flood(exporter, data):
    """Sends as long as it is let."""
    with socket.create_connection(exporter.address, timeout=60) as connection:
        try:
            for _ in range(64):
                connection.sendall(data)
        except (ConnectionError, TimeoutError):
            return True
        connection.shutdown(socket.SHUT_WR)
        return is_closed(connection)


def part_hostile():
    with start() as exporter:
        still_serves(exporter)
        before = rss_kib(exporter)
        for name, data in (("a request line without an end", b"GET /" + b"a" * 65536),
                           ("a header line without an end", b"GET /metrics HTTP/1.1\r\nHost: " + b"a" * 65536),
                           ("headers without an end", b"GET /metrics HTTP/1.1\r\n" + b"A: b\r\n" * 10000),
                           ("bytes that are no HTTP", bytes(range(256)) * 256),
                           ("zero bytes", b"\0" * 65536),
                           ("a body without an end", b"GET /metrics HTTP/1.1\r\nHost: a\r\n"
                            b"Content-Length: 99999999999999999999\r\n\r\n" + b"a" * 65536),
                           ("pipelined requests", b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 1000)):
            check(f"{name}: the connection ends", flood(exporter, data))
            check("... and it goes on", still_serves(exporter))
        # as many as one address may have: who comes next waits until one ends
        crowd = []
        for _ in range(40):
            connection = socket.create_connection(exporter.address, timeout=60)
            connection.sendall(b"GET /met")
            crowd.append(connection)
        begin = time.monotonic()
        closed = [is_closed(connection) for connection in crowd]
        check("40 connections that say nothing are ended, all of them", all(closed), closed)
        for connection in crowd:
            connection.close()
        check("... and it goes on", still_serves(exporter))
        # a byte at a time keeps it from being idle, and does not keep it for ever
        with socket.create_connection(exporter.address, timeout=60) as slow:
            begin, is_over = time.monotonic(), False
            slow.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
            while not is_over and time.monotonic() < begin + 60:
                try:
                    slow.sendall(b"a")
                    slow.settimeout(0.5)
                    is_over = slow.recv(100) == b""
                except TimeoutError:
                    pass
                except ConnectionError:
                    is_over = True
            check("who sends a byte now and then is ended", is_over)
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            reader.connect(exporter.address)
            reader.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            check("while one reads slowly others are served", still_serves(exporter))
        # a sanitizer frees nothing for a while
        watched = "libasan" in pathlib.Path(f"/proc/{exporter.process.pid}/maps").read_text()
        check("its memory has not grown by what they sent", watched or rss_kib(exporter) < before + 2048,
            (before, rss_kib(exporter)))
        fds = len(os.listdir(f"/proc/{exporter.process.pid}/fd"))
        check("no connection is left over", fds < 16, fds)
        status, err = exporter.end()
        check("it ends as ever", status == 0 and not err, (status, err))


def is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def part_held():
    """A scrape comes through in time that no connection ends by itself."""
    # all of 127.0.0.0/8 is everybody's
    for sources in (["127.0.0.1"], ["127.0.0.1", "127.0.0.2", "127.0.0.3"]):
        hold_from(sources)


def hold_from(sources):
    with start() as exporter:
        held = []
        for source in sources * (90 // len(sources)):
            connection = socket.create_connection(exporter.address, timeout=60, source_address=(source, 0))
            connection.sendall(b"GET /met")
            held.append(connection)
        try:
            served = still_serves(exporter)
        except OSError as error:
            served = error
        kept = [is_open(connection) for connection in held]
        check(f"who holds all connections that he gets, from {len(sources)} addresses, keeps nobody out", served is True and any(kept), (served, kept))
        check("... he keeps the newest, and no more than 16", not any(kept[:-16]), kept)
        for connection in held:
            connection.close()
        status, err = exporter.end()
        check("... and leaves nothing behind", status == 0 and not err, (status, err))


# --- what befalls it

def energies(samples):
    return {k: v for k, v in samples.items() if k[0] == "msrd_package_joules_total"}


def part_killed():
    with start("--memory") as exporter:
        move(STEP_S)
        before = exporter.next_scrape()
        kill_daemons(exporter)
        after = exporter.next_scrape()
        check("a daemon that is killed is replaced, without a gap", after["msrd_up",] == 1 and
            after["msrd_daemon_starts_total",] > before["msrd_daemon_starts_total",], after)
        check("... and its counters go on", all(after[k] >= v > 0 for k, v in energies(before).items()), after)
        back = wait_until(lambda: (now := exporter.scrape()).get(("msrd_memory_read_bytes_total", ("socket", "0")))
            is not None and now, "memory traffic")
        check("... also of what is programmed", back["msrd_memory_read_bytes_total", ("socket", "0")] >=
            before["msrd_memory_read_bytes_total", ("socket", "0")], back)
        status, err = exporter.end()
        check("... and is put back in the end", status == 0, err)
    daemon, before = work / "daemon", registers()
    daemon.symlink_to(msrd)
    with Exporter(msrctl, "--daemon", str(daemon), "export", "--listen", "127.0.0.1:0", "--memory") as exporter:
        exporter.next_scrape()
        daemon.rename(work / "away")
        kill_daemons(exporter)
        now = exporter.next_scrape()
        check("where no other one can be had it is down", now["msrd_up",] == 0 and registers() != before, now)
        (work / "away").rename(daemon)
        status, err = exporter.end()
        check("... and what could not be put back then is so in the end", status == 0 and "registers are left" in err and
            registers() == before, (status, err, registers()))
    with Exporter(msrctl, "--daemon", str(work / "nothing"), "export", "--listen", "127.0.0.1:0") as exporter:
        now = exporter.scrape()
        check("without a daemon it is down, and says why", now["msrd_up",] == 0 and
            [k for k in now if k[0] == "msrd_unavailable" and "nothing" in dict(k[1:])["reason"]], now)
        check("... with no figure at all", not [k for k in now if "joules" in k[0] or "cycles" in k[0]], now)
        status, err = exporter.end()
        check("... once", err.count("\n") == 1 and "nothing" in err, err)


def part_lost():
    """Somebody programs what counts instructions for himself."""
    name, memory = "msrd_cpu_instructions_total", ("msrd_memory_read_bytes_total", ("socket", "0"))
    with start("--instructions") as exporter:
        exporter.next_scrape()
        move(STEP_S)
        before = exporter.next_scrape()
        done = run("write", "-c", "0", "0x38d", "0")
        lost = exporter.next_scrape()
        check("what somebody else has programmed meanwhile is not known", done.returncode == 0 and
            (name, ("cpu", "0"), ("socket", "0")) in before and (name, ("cpu", "0"), ("socket", "0")) not in lost and
            [k for k in lost if k[0] == "msrd_unavailable" and "somebody else" in dict(k[1:])["reason"]], (done, lost))
        move(STEP_S)
        after = exporter.next_scrape()
        check("... and what else is programmed counts on", after.get(memory, 0) > lost.get(memory, 0) > 0, (lost, after))
        again = wait_until(lambda: (now := exporter.scrape()).get((name, ("cpu", "0"), ("socket", "0"))) is not None
            and now, "instructions")
        check("... until it is all programmed again", again[memory] >= after[memory], (after, again))
        status, err = exporter.end()
        check("... and put back", status == 0, (status, err))


def of_cpu(samples, cpu):
    return {k: v for k, v in samples.items() if ("cpu", cpu) in k[1:]}


def part_offline():
    with start("--instructions") as exporter:
        before = exporter.next_scrape()
        FAULT.write_text("offline 1\n")
        gone = exporter.next_scrape()
        check("of a CPU that goes offline nothing is there, and why", of_cpu(before, "1") and not of_cpu(gone, "1") and
            of_cpu(gone, "0").keys() == of_cpu(before, "0").keys() and
            [k for k in gone if k[0] == "msrd_unavailable"], (before, gone))
        # it is tried again, and can't be had
        starts = wait_until(lambda: (now := exporter.scrape()["msrd_daemon_starts_total",]) >
            gone["msrd_daemon_starts_total",] and now, "another daemon")
        FAULT.write_text("online 1\n")
        again = wait_until(lambda: (now := exporter.scrape()) and of_cpu(now, "1").keys() == of_cpu(before, "1").keys() and
            now, "what the CPU counts")
        check("when it is back all of it is, however long that took", again["msrd_daemon_starts_total",] > starts and
            not [k for k in again if k[0] == "msrd_unavailable"], again)
        status, err = exporter.end()
        check("... and it ends as ever", status == 0 and not err, (status, err))


def part_locked():
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    before_all = registers()
    with start("--instructions") as exporter:
        before = exporter.next_scrape()
        LOCK.touch()
        os.chown(LOCK, 1, 1)
        locked = exporter.next_scrape()
        check("another user's counters are left alone", locked["msrd_in_use",] == 1 and locked["msrd_up",] == 1 and
            not [k for k in locked if "joules" in k[0] or "bytes" in k[0] or "instructions" in k[0]], locked)
        check("... and the reason is there", all("uid 1" in dict(k[1:])["reason"] for k in locked
            if k[0] == "msrd_unavailable") and [k for k in locked if k[0] == "msrd_unavailable"], locked)
        LOCK.unlink()
        after = exporter.next_scrape()
        check("... until they are free", after["msrd_in_use",] == 0 and
            all(after[k] >= v for k, v in energies(before).items()), after)
        again = wait_until(lambda: (now := exporter.scrape()).get(("msrd_memory_read_bytes_total", ("socket", "0")))
            is not None and now, "memory traffic")
        check("what is programmed is programmed again", again["msrd_cpu_instructions_total", ("cpu", "0"),
            ("socket", "0")] >= before["msrd_cpu_instructions_total", ("cpu", "0"), ("socket", "0")], again)
        status, err = exporter.end()
        check("and put back", status == 0 and registers() == before_all, err)
    for number in (signal.SIGTERM, signal.SIGKILL):
        with start("--instructions") as exporter:
            exporter.next_scrape()
            LOCK.touch()
            os.chown(LOCK, 1, 1)
            # seen by it, or not yet
            if number == signal.SIGKILL:
                exporter.next_scrape()
                kill_daemons(exporter)
            status, err = exporter.end(number)
        done = run("stat", "true")
        LOCK.unlink()
        during = registers()
        check(f"what it can't put back at {number.name} as the counters are another's stays written down",
            status != 0 and done.returncode != 0 and during != before_all, (status, err, done))
        with start() as exporter:
            exporter.next_scrape()
        done = run("stat", "true")
        check("... and the next measurement of the user puts it back when they are free", registers() == before_all,
            (done, registers()))
    daemon = work / "daemon"
    daemon.symlink_to(msrd)
    with Exporter(msrctl, "--daemon", str(daemon), "export", "--listen", "127.0.0.1:0", "--memory") as exporter:
        exporter.next_scrape()
        daemon.unlink()
        kill_daemons(exporter)
        exporter.next_scrape()
        daemon.symlink_to(msrd)
        LOCK.touch()
        os.chown(LOCK, 1, 1)
        status, err = exporter.end()
    LOCK.unlink()
    check("so is what was left before they were another's", status == 1 and "what was programmed is left: " in err and
        registers() != before_all, (status, err))
    done = run("stat", "true")
    check("... and is put back, too", registers() == before_all, (done, registers()))


# --- as a file

def part_textfile():
    path = work / "msrd.prom"
    os.umask(0o077)
    with Exporter(msrctl, "--daemon", msrd, "export", "-i", "0.1", "--textfile", str(path)) as exporter:
        check("it says what it writes", exporter.ready == f"writing {path}", exporter.ready)
        check("everybody may read the file", stat.S_IMODE(path.stat().st_mode) == 0o644, path.stat())
        seen, halves = set(), []

        def several():
            text = path.read_text()
            if "msrd_unavailable" not in text or not text.endswith("\n"):
                halves.append(text)
            seen.add(samples_of(text)["msrd_reads_total",])
            return len(seen) > 3
        wait_until(several, "the next files")
        check("it is written again and again, and never half", not halves, halves)
        check("nothing listens", not exporter.address)
        exporter.end()
    check("in the end it is gone: nobody takes it for new", not path.exists())
    check("... and nothing is left beside it", not list(work.glob(".msrd.prom*")), list(work.iterdir()))
    path.write_text("old\n")
    (work / "link").symlink_to(path)
    with Exporter(msrctl, "--daemon", msrd, "export", "--textfile", str(work / "link")) as exporter:
        check("what a link leads to is written, and removed", "msrd_up" in path.read_text() and exporter.end() == (0, "") and
            not path.exists() and (work / "link").is_symlink())
    with Exporter(msrctl, "--daemon", msrd, "export", "--textfile", "/dev/null") as exporter:
        status, err = exporter.end()
    check("a device is never replaced nor removed", (status, err) == (0, "") and
        pathlib.Path("/dev/null").is_char_device(), (status, err))
    done = run("export", "--textfile", str(work / "no" / "msrd.prom"))
    check("where it can't write it says so, and ends", done.returncode == 1 and "msrd.prom: No such file" in done.stderr,
        done)
    path.write_text("old\n")
    # a disk that is full: Python ignores the signal, and so does what it starts
    with Exporter(msrctl, "--daemon", msrd, "export", "--textfile", str(path), restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))) as exporter:
        status, err = exporter.end()
    check("... a file that can't grow, too, and the old one is as it was", status == 1 and "msrd.prom: File too large"
        in err and path.read_text() == "old\n" and not list(work.glob(".msrd.prom*")), (status, err))
    # a disk that is full later: what was written before is of then
    with Exporter(msrctl, "--daemon", msrd, "export", "-i", "0.1", "--textfile", str(path), restore_signals=False) as exporter:
        check("its own CPU time is not there, as node_exporter has one of that name", path.exists() and
            "process_cpu" not in path.read_text(), path.exists() and path.read_text())
        resource.prlimit(exporter.process.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        wait_until(lambda: not path.exists(), "the end of the old file")
        check("when the disk is full nobody takes the old file for new", True)
        resource.prlimit(exporter.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_until(path.exists, "a new file")
        status, err = exporter.end()
        check("... and it is told of, once, and written again when it can be", status == 0 and
            err.count("msrd.prom: File too large") == 1 and err.count("\n") == 1 and not path.exists(), (status, err))
    folder = work / "closed"
    folder.mkdir()
    (folder / "msrd.prom").write_text("old\n")
    folder.chmod(0o555)
    with Exporter(msrctl, "--daemon", msrd, "export", "--textfile", str(folder / "msrd.prom")) as exporter:
        text = (folder / "msrd.prom").read_text()
        status, err = exporter.end()
        # who is root may remove it
        left = (folder / "msrd.prom").exists() and (folder / "msrd.prom").read_text()
        check("a file in a folder that can't be written to is written over, and empty in the end", "\nmsrd_up 1\n" in text
            and not left and (status, err) == (0, ""), (text, left, status, err))
    folder.chmod(0o755)
    # a pipe gets one after the other; nothing is read again within a tenth of a second
    with subprocess.Popen([msrctl, "--daemon", msrd, "export", "-i", "0.1", "--textfile", "/dev/stdout"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            reads = (line.split()[1] for line in process.stdout if line.startswith("msrd_reads_total "))
            next(reads)
            process.send_signal(signal.SIGSTOP)
            time.sleep(2)
            process.send_signal(signal.SIGCONT)
            seen = [next(reads) for _ in range(12)]
            check("one that was stopped does not make up for what it has missed", all(seen.count(one) <= 3 for one in seen),
                seen)
        finally:
            process.terminate()
        err = process.communicate(timeout=60)[1]
        check("... and has no complaint of a pipe in the end", process.returncode == 0 and not err, err)
    daemon, before = work / "daemon", registers()
    daemon.symlink_to(msrd)
    with Exporter(msrctl, "--daemon", str(daemon), "export", "--memory", "--textfile", str(path)) as exporter:
        daemon.unlink()
        kill_daemons(exporter)
        status, err = exporter.end()
        check("it is gone also where not all could be put back", status == 1 and "registers are left" in err and
            not path.exists(), (status, err))
    done = run("stat", "true")
    check("... which the next measurement does", registers() == before, (done, registers()))


def part_planted():
    """As root, in a folder in which everybody makes names."""
    folder, precious = work / "shared", work / "precious"
    folder.mkdir()
    folder.chmod(0o1777)
    precious.write_text("precious\n")
    path = folder / "msrd.prom"
    path.symlink_to(precious)
    os.chown(path, 1, 1, follow_symlinks=False)
    done = run("export", "--textfile", str(path))
    check("a link that another user has put into a folder of everybody is not followed", done.returncode == 1 and
        "msrd.prom: Permission denied" in done.stderr and precious.read_text() == "precious\n", done)
    done = run("stat", "-o", str(path), "--format", "csv", "true")
    check("... nor for other files", precious.read_text() == "precious\n" and "Permission denied" in done.stderr, done)
    os.chown(path, 0, 0, follow_symlinks=False)
    with Exporter(msrctl, "--daemon", msrd, "export", "--textfile", str(path)) as exporter:
        check("... one's own is", "msrd_up" in precious.read_text() and exporter.end() == (0, "") and path.is_symlink())


def part_usage():
    for address in ("", "10606", "127.0.0.1", "127.0.0.1:", "localhost:10606", "127.0.0.1:99999", "::1:10606",
                    "[::1:10606", "a" * 5000 + ":1"):
        done = run("export", "--listen", address)
        check(f"--listen {address[:20]!r} is no address", done.returncode == 1 and
            "is no address and port such as 127.0.0.1:10606" in done.stderr, done)
    for interval in ("0", "-1", "x", "1e9", "nan", ""):
        done = run("export", "-i", interval)
        check(f"-i {interval!r} is no interval", done.returncode == 2 and "0.1 to 3600 seconds" in done.stderr, done)
    done = run("export", "--json", "--listen", "no address")
    check("--json is refused, as it serves another format", done.returncode == 2 and "--json: " in done.stderr, done)
    with start() as exporter:
        done = run("export", "--listen", "127.0.0.1:%d" % exporter.address[1])
        check("an address that is taken is said to be", done.returncode == 1 and
            f"cannot listen at 127.0.0.1:{exporter.address[1]}: Address already in use" in done.stderr, done)
    with Exporter(msrctl, "--daemon", msrd, "export", "--listen", "0.0.0.0:0") as exporter:
        _, err = exporter.end()
        check("who listens to other machines is told what that means", "reached from other machines" in err, err)


def main():
    for name in sys.argv[4:]:
        globals()["part_" + name]()
    return n_failed != 0


sys.exit(main())

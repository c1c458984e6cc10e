# SPDX-License-Identifier: MIT
"""msrctl export as a process of ours, and what it serves."""
import http.client
import os
import pathlib
import re
import signal
import subprocess
import time

PATIENCE_S = 60
SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


def wait_until(holds, what="it"):
    """Up to a minute, on a machine that is busy."""
    end = time.monotonic() + PATIENCE_S
    while not (result := holds()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)
    return result


def samples_of(text):
    """{(name, (label, value), ...): number}"""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            found[name, *sorted(LABEL.findall(labels or ""))] = float(value)
    return found


class Exporter:
    def __init__(self, msrctl, *arguments, **options):
        self.process = subprocess.Popen([msrctl, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, **options)
        self.ready = self.process.stdout.readline().strip()
        match = re.search(r"http://(.*):(\d+)/metrics$", self.ready)
        self.address = (match[1].strip("[]"), int(match[2])) if match else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Not at once: what it has written down in /dev/shm would stay."""
        try:
            if self.process.poll() is None:
                self.process.terminate()
            self.process.communicate(timeout=PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()

    def get(self, path="/metrics", method="GET", accept=None):
        connection = http.client.HTTPConnection(*self.address, timeout=PATIENCE_S)
        connection.request(method, path, headers={"Accept": accept} if accept else {})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, body

    def scrape(self):
        return samples_of(self.get()[2])

    def next_scrape(self):
        """One whose registers have been read anew."""
        before = self.scrape()["msrd_reads_total",]

        def newer():
            now = self.scrape()
            return now if now["msrd_reads_total",] > before else None
        return wait_until(newer, "another read")

    def daemons(self):
        pid = self.process.pid
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self, number=signal.SIGTERM):
        """(status, what it said on standard error)"""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, err


def kill_daemons(exporter):
    for pid in exporter.daemons():
        os.kill(pid, signal.SIGKILL)

"""What a unit does, and what it costs: the Python side of the crate's work.rs and measure.rs.

A script is run as `python3 SCRIPT ORDER`, with an order as JSON, and prints a
sample as JSON. Every script gives the answer that all models give.
"""

import json
import resource
import socket
import struct
import sys
import threading
import time

KEYS = 64
CHANGES = 64


class Order:
    """What one measurement is to do."""

    def __init__(self, fields):
        self.__dict__.update(fields)
        if self.server:
            host, port = self.server.rsplit(":", 1)
            self.address = (host, int(port))
        self.downloads = self.workload in ("downloads", "mixed", "idle")
        self.computes = self.workload in ("squares", "mixed")
        together = self.workload == "idle" and self.model != "py-one-by-one"
        among = self.units if together else 1
        self.request = struct.pack(">III", self.wait, self.bytes, among)

    def share(self, unit):
        """Which changes are those of one unit."""
        return range(
            self.jobs * unit // self.units, self.jobs * (unit + 1) // self.units
        )


def sum_of_squares(number):
    """The sum of the squares below `number`, as the article has it."""
    return sum(i * i for i in range(number))


class Unit:
    """What a unit keeps between its jobs: a connection, as the article's session."""

    def __init__(self):
        self.connection = None

    def job(self, order, job):
        answer = 0
        if order.downloads:
            answer += self.download(order)
        if order.computes:
            answer += sum_of_squares(order.numbers + job)
        return answer

    def download(self, order):
        if self.connection is None:
            self.connection = socket.create_connection(order.address)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(order.request)
        came = 0
        while came < order.bytes:
            piece = self.connection.recv(order.bytes - came)
            if not piece:
                raise OSError("the server broke off")
            came += len(piece)
        return came


class Common:
    """What the units of `shared` share."""

    def __init__(self):
        self.counter = 0
        self.map = {}

    def change(self, number):
        self.counter += 1
        key = number % KEYS
        self.map[key] = self.map.get(key, 0) + 1

    def answer(self):
        of_map = sum((key + 1) * count for key, count in self.map.items())
        return self.counter * 1_000_003 + of_map


class Jobs:
    """The next job, for whoever asks: units take turns at it."""

    def __init__(self, order):
        self.lock = threading.Lock()
        self.jobs = iter(range(order.jobs))

    def next(self):
        with self.lock:
            return next(self.jobs, None)


def memory(name="VmHWM:"):
    """A figure of the process's memory, in bytes; 0 where there is no /proc."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(name):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def usage():
    """Processor time and context switches so far, those of ended children included."""
    both = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return (
        sum(it.ru_utime + it.ru_stime for it in both),
        sum(it.ru_nvcsw for it in both),
        sum(it.ru_nivcsw for it in both),
    )


def main(work):
    """Does what is ordered, and prints what it cost. `work` returns the answer, and
    the memory of its workers in bytes."""
    order = Order(json.loads(sys.argv[1]))
    try:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        if order.model == "py-free" and getattr(sys, "_is_gil_enabled", lambda: True)():
            raise OSError("this Python has a global lock")
        resident, before, began = memory("VmRSS:"), usage(), time.perf_counter()
        answer, of_workers = work(order)
        wall, after = time.perf_counter() - began, usage()
    except (OSError, RuntimeError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sample = {
        "answer": answer % 2**64,
        "wall": wall,
        "cpu": after[0] - before[0],
        "memory": memory() + of_workers,
        "before": resident,
        "waits": after[1] - before[1],
        "forced": after[2] - before[2],
        "units": 1 if order.model == "py-one-by-one" else order.units,
    }
    print(json.dumps(sample))

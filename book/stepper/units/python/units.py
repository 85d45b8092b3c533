"""What one more unit of Python's costs: the script beside the program `unit`.

    python3 units.py '{"kind": "py-task", "count": 10}'

Prints a sample as the program does: times in ns and memory in bytes, for each unit.
"""

import asyncio
import json
import multiprocessing
import os
import queue
import resource
import sys
import threading
import time

now = time.perf_counter_ns


class Refused(Exception):
    """What the system refused, and how many units were there by then."""

    def __init__(self, reached, why):
        super().__init__(why)
        self.reached = reached


class Meter:
    """One measurement, from its first unit to its last."""

    def __init__(self, count):
        self.count, self.sample = count, {"switch": None, "message": None}
        self.settle()
        self.before = self.used([])
        self.began = now()

    @staticmethod
    def settle():
        """Waits until no thread is on its way out, as the other meter does."""
        before, alike = len(os.listdir("/proc/self/task")), 1
        while alike < 5:
            time.sleep(0.002)
            now = len(os.listdir("/proc/self/task"))
            alike = alike + 1 if now == before else 1
            before = now

    @staticmethod
    def used(others):
        """Memory, threads, mappings and descriptors, as the program counts them."""

        def read(path):
            try:
                with open(path) as file:
                    return file.read()
            except OSError:
                return ""

        def entries(path):
            try:
                return len(os.listdir(path))
            except OSError:
                return 0

        memory = threads = 0
        for of in [*others, "self"]:
            for line in read(f"/proc/{of}/smaps_rollup").splitlines():
                if line.startswith("Pss:"):
                    memory += 1024 * int(line.split()[1])
            threads += entries(f"/proc/{of}/task")
        return [memory, threads, read("/proc/self/maps").count("\n"), entries("/proc/self/fd")]

    def there(self, others=()):
        self.sample["start"] = (now() - self.began) / self.count
        names = ["memory", "threads", "mappings", "descriptors"]
        for name, after, before in zip(names, self.used(others), self.before):
            self.sample[name] = (after - before) / self.count

    def took(self, what, nanoseconds, times):
        self.sample[what] = nanoseconds / times

    def ends(self):
        self.ending = now()

    def over(self):
        self.sample["end"] = (now() - self.ending) / self.count
        self.sample["whole"] = float(now() - self.began)
        return self.sample


# Tasks: a switch is a sleep of nothing, a message goes through a queue for one.
async def tasks(count, times=5000):
    async def unit(gate, there):
        there.release()
        await gate.wait()

    async def all_of(count, gate, there):
        units = [asyncio.create_task(unit(gate, there)) for _ in range(count)]
        for _ in range(count):
            await there.acquire()
        return units

    warm = asyncio.Event()
    units = await all_of(1, warm, asyncio.Semaphore(0))
    warm.set()
    await units[0]

    gate = asyncio.Event()
    meter = Meter(count)
    units = await all_of(count, gate, asyncio.Semaphore(0))
    meter.there()

    async def give_way():
        for _ in range(times):
            await asyncio.sleep(0)

    began = now()
    for task in [asyncio.create_task(give_way()) for _ in range(2)]:
        await task
    meter.took("switch", now() - began, 2 * times)

    questions, answers = asyncio.Queue(1), asyncio.Queue(1)

    async def answer():
        for _ in range(times):
            await answers.put(await questions.get())

    other = asyncio.create_task(answer())
    began = now()
    for question in range(times):
        await questions.put(question)
        await answers.get()
    meter.took("message", now() - began, times)
    await other

    meter.ends()
    gate.set()
    for task in units:
        await task
    return meter.over()


# Threads: a switch is a lock that two hand to each other, a message goes through a
# queue for one.
def threads(count, times=2000):
    there = threading.Semaphore(0)

    def unit(gate):
        there.release()
        gate.wait()

    def start(gate, reached):
        thread = threading.Thread(target=unit, args=[gate])
        try:
            thread.start()
        except RuntimeError as error:
            gate.set()
            raise Refused(reached, error) from error
        return thread

    warm = threading.Event()
    thread = start(warm, 0)
    warm.set()
    thread.join()
    there.acquire()

    gate = threading.Event()
    meter = Meter(count)
    units = [start(gate, reached) for reached in range(count)]
    for _ in range(count):
        there.acquire()
    meter.there()

    here, over_there = threading.Lock(), threading.Lock()
    here.acquire()
    over_there.acquire()

    def hand_back():
        for _ in range(times):
            over_there.acquire()
            here.release()

    other = threading.Thread(target=hand_back)
    other.start()
    began = now()
    for _ in range(times):
        over_there.release()
        here.acquire()
    meter.took("switch", now() - began, 2 * times)
    other.join()

    questions, answers = queue.Queue(1), queue.Queue(1)

    def answer():
        for _ in range(times):
            answers.put(questions.get())

    other = threading.Thread(target=answer)
    other.start()
    began = now()
    for question in range(times):
        questions.put(question)
        answers.get()
    meter.took("message", now() - began, times)
    other.join()

    meter.ends()
    gate.set()
    for thread in units:
        thread.join()
    return meter.over()


def wait(gate, there):
    """A process that says that it is there, and waits until it may end."""
    there.release()
    gate.acquire()


def send_back(pipe):
    """A process that sends bytes back, then values, and ends at a None."""
    while (byte := pipe.recv_bytes()) != b"0":
        pipe.send_bytes(byte)
    while (value := pipe.recv()) is not None:
        pipe.send(value)


# Processes: a switch is half of a byte's way through a pipe and back, a message is a
# value through the same pipe.
def processes(count, times=1000):
    there = multiprocessing.Semaphore(0)

    def start(gate, reached):
        process = multiprocessing.Process(target=wait, args=[gate, there], daemon=True)
        try:
            process.start()
        except OSError as error:
            raise Refused(reached, error) from error
        return process

    warm = multiprocessing.Semaphore(1)
    start(warm, 0).join()
    there.acquire()

    gate = multiprocessing.Semaphore(0)
    meter = Meter(count)
    units = [start(gate, reached) for reached in range(count)]
    for _ in range(count):
        there.acquire()
    meter.there([unit.pid for unit in units])

    pipe, theirs = multiprocessing.Pipe()
    other = multiprocessing.Process(target=send_back, args=[theirs], daemon=True)
    other.start()
    pipe.send_bytes(b"1")
    pipe.recv_bytes()
    began = now()
    for _ in range(times):
        pipe.send_bytes(b"1")
        pipe.recv_bytes()
    meter.took("switch", now() - began, 2 * times)
    pipe.send_bytes(b"0")
    began = now()
    for question in range(times):
        pipe.send(question)
        pipe.recv()
    meter.took("message", now() - began, times)
    pipe.send(None)
    other.join()

    meter.ends()
    for _ in range(count):
        gate.release()
    for process in units:
        process.join()
    return meter.over()


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (OSError, ValueError):
        pass  # the plan has stopped before it matters
    order = json.loads(sys.argv[1])
    count = order["count"]
    measure = {
        "py-task": lambda: asyncio.run(tasks(count)),
        "py-thread": lambda: threads(count),
        "py-process": lambda: processes(count),
    }[order["kind"]]
    try:
        answer = {"sample": measure()}
    except Refused as refused:
        answer = {"trouble": {"reached": refused.reached, "why": str(refused)}}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

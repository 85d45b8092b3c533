"""Python's multiprocessing."""

import multiprocessing
import os

import work

# What a worker keeps: set when it begins, as the article's session is.
order = unit = None


def begin(fields):
    global order, unit
    order, unit = work.Order(fields), work.Unit()


def told(part):
    """What a worker says: its part of the answer, who it is, and its memory."""
    return part, os.getpid(), work.memory()


def job(number):
    return told(unit.job(order, number))


def place(receives, sends, jobs, results):
    """One place of the ring."""
    answer = 0
    while True:
        try:
            number = receives.recv()
        except EOFError:
            break
        if number is None:
            break
        if number == jobs:
            answer = number
            break
        sends.send(number + 1)
    sends.send(None)
    results.put(told(answer))


def changes(counters, fields, unit, results):
    """The changes of one unit. A dictionary cannot be shared without a server for it;
    there is an array in its stead."""
    for number in work.Order(fields).share(unit):
        with counters.get_lock():
            counters[0] += 1
            counters[1 + number % work.KEYS] += 1
    results.put(told(0))


def run(order):
    fields = {
        name: value
        for name, value in vars(order).items()
        if name not in ("address", "downloads", "computes", "request")
    }
    if order.workload == "chatty":
        return ring(order)
    if order.workload == "shared":
        return shared(order, fields)
    pool = multiprocessing.Pool(order.units, initializer=begin, initargs=(fields,))
    with pool:
        said = pool.map(job, range(order.jobs), chunksize=1)
        pool.close()
        pool.join()
    return total(said)


def ring(order):
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(order.units)]
    results = multiprocessing.SimpleQueue()
    workers = [
        multiprocessing.Process(
            target=place,
            args=(
                pipes[here][0],
                pipes[(here + 1) % order.units][1],
                order.jobs,
                results,
            ),
        )
        for here in range(order.units)
    ]
    for worker in workers:
        worker.start()
    pipes[0][1].send(0)
    return gathered(workers, results)


def shared(order, fields):
    counters = multiprocessing.Array("Q", 1 + work.KEYS)
    results = multiprocessing.SimpleQueue()
    workers = [
        multiprocessing.Process(target=changes, args=(counters, fields, unit, results))
        for unit in range(order.units)
    ]
    for worker in workers:
        worker.start()
    _, memory = gathered(workers, results)
    of_map = sum((key + 1) * counters[1 + key] for key in range(work.KEYS))
    return counters[0] * 1_000_003 + of_map, memory


def gathered(workers, results):
    said = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return total(said)


def total(said):
    """The whole answer, and the memory of all workers."""
    memory = {}
    for _, worker, most in said:
        memory[worker] = max(most, memory.get(worker, 0))
    return sum(part for part, _, _ in said), sum(memory.values())


if __name__ == "__main__":
    work.main(run)

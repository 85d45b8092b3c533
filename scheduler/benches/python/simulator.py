"""A plain simulator: any policy, jobs with arrivals, a virtual clock.

    python3 simulator.py JOBS TURNS

Written as ours is, with a driver that asks a policy, and without what ours does
beyond: bursts of waiting, several CPUs, timers, and rules that are checked. Prints
how many dispatches per second it makes in round robin, for so many jobs that take
so many turns on average. The jobs are those of `benches/simulation/speed.rs`.
"""

import heapq
import sys
import time
from collections import deque

QUANTUM = 1_000_000  # ns


class Job:
    """A job on its way."""

    def __init__(self, number, arrival, burst):
        self.number = number
        self.arrival = arrival
        self.left = burst
        self.runnable_since = arrival
        self.waiting = 0
        self.first_run = None
        self.finish = None


class RoundRobin:
    """A queue whose head may run for one quantum at most."""

    def __init__(self, quantum):
        self.quantum = quantum
        self.queue = deque()

    def ready(self, job, now):
        self.queue.append(job)

    def pick(self, now):
        if not self.queue:
            return None
        return self.queue.popleft(), self.quantum

    def stopped(self, job, ran, finished, now):
        if not finished:
            self.queue.append(job)


def simulate(jobs, policy):
    """Lets the policy drive the jobs; returns how often one got the CPU."""
    arrivals = [(job.arrival, job.number, job) for job in jobs]
    heapq.heapify(arrivals)
    now = dispatches = finished = 0
    while finished < len(jobs):
        while arrivals and arrivals[0][0] <= now:
            policy.ready(heapq.heappop(arrivals)[2], now)
        picked = policy.pick(now)
        if picked is None:
            now = arrivals[0][0]
            continue
        job, quantum = picked
        dispatches += 1
        job.waiting += now - job.runnable_since
        if job.first_run is None:
            job.first_run = now
        ran = min(quantum, job.left)
        now += ran
        job.left -= ran
        is_over = job.left == 0
        if is_over:
            job.finish = now
            finished += 1
        else:
            job.runnable_since = now
        policy.stopped(job, ran, is_over, now)
    return dispatches


def main():
    """Measures one run."""
    count, turns = map(int, sys.argv[1:])
    jobs = [
        Job(number, 0, QUANTUM * (turns // 2 + number % (turns + 1)))
        for number in range(count)
    ]
    began = time.perf_counter()
    dispatches = simulate(jobs, RoundRobin(QUANTUM))
    print(dispatches / (time.perf_counter() - began))


main()

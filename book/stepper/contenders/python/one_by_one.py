"""Python, one after another."""

from collections import deque

import work


def run(order):
    if order.workload == "chatty":
        return ring(order), 0
    if order.workload == "shared":
        common = work.Common()
        for number in range(order.jobs):
            common.change(number)
        return common.answer(), 0
    unit = work.Unit()
    return sum(unit.job(order, job) for job in range(order.jobs)), 0


def ring(order):
    queues = [deque() for _ in range(order.units)]
    queues[0].append(0)
    place = 0
    while True:
        number = queues[place].popleft()
        if number == order.jobs:
            return number
        place = (place + 1) % order.units
        queues[place].append(number + 1)


if __name__ == "__main__":
    work.main(run)

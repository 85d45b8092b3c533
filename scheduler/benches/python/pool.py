"""Python's worker processes, measured the way `cargo bench --bench process` does ours.

    pool.py map CHUNK JOBS ROUNDS    seconds of each round of Pool(2).map
    pool.py start METHOD ROUNDS      seconds from start to end of a process

Each round is a line.
"""

import multiprocessing
import sys
import time


def identity(n):
    return n


def main():
    what = sys.argv[1]
    if what == "map":
        chunk, jobs, rounds = map(int, sys.argv[2:5])
        with multiprocessing.Pool(2) as pool:
            pool.map(identity, range(1000), 1)
            for _ in range(rounds):
                began = time.perf_counter()
                pool.map(identity, range(jobs), chunk)
                print(time.perf_counter() - began)
    else:
        context = multiprocessing.get_context(sys.argv[2])
        for _ in range(int(sys.argv[3])):
            began = time.perf_counter()
            process = context.Process(target=identity, args=(0,))
            process.start()
            process.join()
            print(time.perf_counter() - began)


if __name__ == "__main__":
    main()

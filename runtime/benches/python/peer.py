"""The rows of the bench for asyncio, and for uvloop where it is installed.

    python3 peer.py asyncio|uvloop switch TASKS SWITCHES
    python3 peer.py asyncio|uvloop channel COUNT
    python3 peer.py asyncio|uvloop echo CONNECTIONS

The first two print what one costs, in ns. `echo` prints the port on which it
listens, and ends when so many connections have been closed.
"""

import asyncio
import sys
import time


async def switch(tasks, switches):
    """Tasks that give way, all of them equally often."""
    times = switches // tasks

    async def give_way():
        for _ in range(times):
            await asyncio.sleep(0)

    running = [asyncio.create_task(give_way()) for _ in range(tasks)]
    began = time.thread_time_ns()
    for task in running:
        await task
    print((time.thread_time_ns() - began) / (times * tasks))


async def channel(count):
    """Two tasks that send one value to and fro, through queues of capacity 1."""
    to, back = asyncio.Queue(1), asyncio.Queue(1)

    async def answer():
        for _ in range(count):
            await back.put(await to.get() + 1)

    answering = asyncio.create_task(answer())
    began = time.thread_time_ns()
    ball = 0
    for _ in range(count):
        await to.put(ball)
        ball = await back.get()
    print((time.thread_time_ns() - began) / count)
    await answering


class Echo(asyncio.Protocol):
    """One connection: a protocol, which is faster than a stream."""

    def __init__(self, closed):
        self.closed = closed

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def connection_lost(self, exc):
        self.closed()


async def echo(connections):
    """Echoes on so many connections, until all of them are closed."""
    loop = asyncio.get_running_loop()
    all_closed = loop.create_future()
    left = connections

    def closed():
        nonlocal left
        left -= 1
        if left == 0:
            all_closed.set_result(None)

    server = await loop.create_server(lambda: Echo(closed), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await all_closed
    server.close()


def main():
    """Runs one row on one loop."""
    loop, work, *numbers = sys.argv[1:]
    run = asyncio.run
    if loop == "uvloop":
        import uvloop

        run = uvloop.run
    rows = {"switch": switch, "channel": channel, "echo": echo}
    run(rows[work](*map(int, numbers)))


main()

"""Python's asyncio."""

import asyncio
import socket

import work


def run(order):
    return asyncio.run(asynchronously(order)), 0


async def asynchronously(order):
    if order.workload == "chatty":
        return await ring(order)
    if order.workload == "shared":
        return await changes(order)
    jobs = iter(range(order.jobs))

    async def unit():
        reader = writer = None
        answer = 0
        for job in jobs:
            if order.downloads:
                if reader is None:
                    reader, writer = await asyncio.open_connection(*order.address)
                    link = writer.get_extra_info("socket")
                    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                writer.write(order.request)
                answer += len(await reader.readexactly(order.bytes))
            if order.computes:
                answer += work.sum_of_squares(order.numbers + job)
                await asyncio.sleep(0)
        if writer is not None:
            writer.close()
        return answer

    return sum(await asyncio.gather(*(unit() for _ in range(order.units))))


async def changes(order):
    common = work.Common()

    async def unit(number):
        for change in order.share(number):
            common.change(change)
            if change % work.CHANGES == 0:
                await asyncio.sleep(0)

    await asyncio.gather(*(unit(number) for number in range(order.units)))
    return common.answer()


async def ring(order):
    places = [asyncio.Queue(1) for _ in range(order.units)]
    await places[0].put(0)

    async def unit(place):
        ours, following = places[place], places[(place + 1) % order.units]
        while (number := await ours.get()) is not None:
            if number == order.jobs:
                await following.put(None)
                return number
            await following.put(number + 1)
        if place != order.jobs % order.units:
            await following.put(None)
        return 0

    return sum(await asyncio.gather(*(unit(place) for place in range(order.units))))


if __name__ == "__main__":
    work.main(run)

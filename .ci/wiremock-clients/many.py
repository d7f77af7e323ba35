"""Ten thousand requests that wait and hang leave the rest healthy. Argument: a vendor's port."""
import asyncio
import resource
import sys
import time
import urllib.parse

import requests

PORT = sys.argv[1].rstrip("/")
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
# As many as the descriptors of either side allow.
MANY = min(10_000, hard * 7 // 20)
HOST, NUMBER = urllib.parse.urlsplit(PORT).hostname, urllib.parse.urlsplit(PORT).port

requests.post(f"{PORT}/__admin/reset", timeout=60)
for path, response in (("/late", {"fixedDelayMilliseconds": 600_000}), ("/hung", {"fault": "HANG_BEFORE_HEADERS"})):
    mapping = {"request": {"urlPath": path}, "response": response}
    requests.post(f"{PORT}/__admin/mappings", json=mapping, timeout=10).raise_for_status()


def health(session):
    took = []
    for _ in range(300):
        begun = time.monotonic()
        session.get(f"{PORT}/get_cdr", timeout=10).raise_for_status()
        took.append(time.monotonic() - begun)
    took.sort()
    return took[len(took) // 2] * 1e3, took[-3] * 1e3


async def main():
    session = requests.Session()
    before = health(session)
    open_now = asyncio.Semaphore(200)

    async def ask(place):
        async with open_now:
            reader, writer = await asyncio.open_connection(HOST, NUMBER)
            path = "/late" if place % 2 else "/hung"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await writer.drain()
            return reader, writer

    waiting = await asyncio.gather(*(ask(place) for place in range(MANY)))
    for _ in range(600):
        metrics = session.get(f"{PORT}/__admin/metrics", timeout=30).text
        line = next(line for line in metrics.splitlines() if line.startswith("ringback_connections "))
        connections = float(line.split()[1])
        if connections >= MANY:
            break
        await asyncio.sleep(0.1)
    # Nobody was answered, and nobody was sent away.
    await asyncio.sleep(1)
    answered = sum(bool(reader._buffer) or reader.at_eof() for reader, _ in waiting)
    during = health(session)
    for _, writer in waiting:
        writer.transport.abort()
    print(f"{MANY} requests wait and hang; {connections:.0f} connections; the rest is answered in "
          f"{during[0]:.1f} ms at the median, {during[1]:.1f} ms at the 99th percentile (before {before[0]:.1f} and {before[1]:.1f})")
    if answered or connections < MANY or during[1] > 1_000:
        sys.exit(f"{answered} were answered or sent away; {connections} connections")


asyncio.run(main())

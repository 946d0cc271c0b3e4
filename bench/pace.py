"""Sends facts at an even pace over one connection, in batches of a hundredth of a second, until it is ended:

python -m bench.pace PORT KEY FACTS_A_SECOND

A server that cannot keep up makes it late; it says so and ends.
"""

import sys
import time

from bench.load import Connection, requests

_TICK = 0.01
_LATE = 2.0  # seconds


def main(port: int, key: str, rate: int) -> None:
    source = requests(key, max(2, round(rate * _TICK)))
    connection = Connection(port, source.__next__)
    begun, sent = time.perf_counter(), 0
    while True:
        connection.ask()
        connection.take()
        sent += 1
        ahead = begun + sent * _TICK - time.perf_counter()
        if ahead < -_LATE:
            raise SystemExit("the facts could not be taken as fast as they were to be sent")
        time.sleep(max(0.0, ahead))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

"""A client that costs as little as it can: plain sockets on one thread, kept open, one question at a time on each.

    python -m benchmarks._http_client '{"port": 4400, "paths": ["/healthz"], "clients": 1, "seconds": 5}'

It runs as a process of its own, so that it does not share the interpreter with what it measures, and writes the milliseconds
of every answer as JSON. With `rate` it asks so many times a second whatever the server does, and an answer's time runs from the
moment at which it was due to be asked: a server that stalls is charged for everybody who waits. Without, each client asks
again as soon as it is answered.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
PIECE = 1 << 20


@dataclass
class Connection:
    """One open connection, and the answer that is coming in on it."""

    socket: socket.socket
    began: float = 0.0
    left: int = -1
    """Bytes of the answer that are still to come; -1 while its head is not complete."""
    head: bytes = b""
    buffer: bytearray = field(default_factory=lambda: bytearray(PIECE))

    def ask(self, request: bytes, began: float) -> None:
        """Send a request; it is small enough to leave at once."""
        self.began, self.left, self.head = began, -1, b""
        self.socket.sendall(request)

    def take(self) -> bool:
        """Take in what has come; return whether the answer is complete. Raises `RuntimeError` for anything but 200."""
        count = self.socket.recv_into(self.buffer)
        if not count:
            raise RuntimeError("The server hung up.")
        if self.left < 0:
            self.head += self.buffer[:count]
            end = self.head.find(END_OF_HEAD)
            if end < 0:
                return False
            if not self.head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(self.head[:200].decode("latin-1"))
            place = self.head.lower().find(LENGTH)
            length = int(self.head[place + len(LENGTH) : self.head.find(b"\r", place)])
            self.left = length - (len(self.head) - end - len(END_OF_HEAD))
        else:
            self.left -= count
        return self.left <= 0


def measure(port: int, paths: list[str], clients: int, seconds: float, rate: float | None = None) -> dict[str, Any]:
    """Ask the paths in turn for so many seconds; return each answer's milliseconds and the seconds that it took in all."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode("ascii") for path in paths]
    chooser = selectors.DefaultSelector()
    free: deque[Connection] = deque()
    for _ in range(clients):
        made = socket.create_connection(("127.0.0.1", port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(made)
        chooser.register(made, selectors.EVENT_READ, connection)
        free.append(connection)
    took: list[float] = []
    asked, started = 0, time.perf_counter()
    while True:
        now = time.perf_counter()
        over = now - started >= seconds
        if over and len(free) == clients:
            break
        while free and not over and (rate is None or started + asked / rate <= now):
            free.popleft().ask(requests[asked % len(requests)], now if rate is None else started + asked / rate)
            asked += 1
        wait = 5.0 if rate is None or not free or over else max(0.0, started + asked / rate - time.perf_counter())
        for key, _ in chooser.select(wait):
            connection = key.data
            if connection.take():
                took.append((time.perf_counter() - connection.began) * 1000)
                free.append(connection)
    ended = time.perf_counter()
    for connection in free:
        connection.socket.close()
    return {"milliseconds": took, "seconds": ended - started}


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))

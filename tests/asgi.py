"""Asking an ASGI application without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def complete(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the work to its end in a thread of its own: a browser open for other tests keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def sent(
    app: Any, path: str, query: str = "", headers: dict[bytes, bytes] | None = None, method: str = "GET", body: bytes = b""
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return status, headers and body of the answer to one request, made under the host name that Assay answers to."""
    said: list[MutableMapping[str, Any]] = []
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "scheme": "http", "method": method, "root_path": ""}
    asks = {b"host": b"127.0.0.1:4400", **(headers or {})}
    asked = [body]  # a body comes once; who asks again waits for the connection's end
    scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": list(asks.items())}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": asked.pop(), "more_body": False} if asked else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    complete(app(scope, receive, send))
    return said[0]["status"], dict(said[0]["headers"]), b"".join(one.get("body", b"") for one in said[1:])

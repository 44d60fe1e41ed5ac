"""Answers as bytes, ready to be sent again for as long as they hold.

An answer is kept under the path and query that asked for it, and holds for the generation that it was made of, from the
instant at which it was made until its `valid_until`. Whatever is not an answer (an error, a page) is not kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from assay.runtime.desk import Desk
from assay.values.answer import Answer, BoardAnswer

MOST_BYTES = 64 * 1024 * 1024
"""What all kept answers may take; those that nobody has asked for longest go first."""
Key = tuple[str, bytes]


class Body(NamedTuple):
    """An answer in a shape of its own: its bytes, what it is about, of which generation, and until when it holds."""

    subject: str
    generation: int | None
    valid_until: datetime | None
    content: bytes


Answered = Answer | BoardAnswer | Body
Published = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Prebuilt:
    """The bytes of one answer, and when they hold."""

    subject: str
    published: Published | None
    since: datetime
    until: datetime | None
    tag: bytes
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, answer: Answered, published: Published | None, since: datetime) -> Prebuilt:
        """Make the bytes of an answer that was worked out at `since`, while `published` was in force."""
        subject, generation, valid_until, body = answer if isinstance(answer, Body) else _body(answer)
        tag = b'"%s"' % hashlib.sha256(body).hexdigest()[:32].encode("ascii")
        own = published if published is not None and generation == published[0] else None
        headers = (
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode("ascii")),
            (b"etag", tag),
            (b"cache-control", b"no-cache"),
        )
        return cls(subject, own, since, valid_until, tag, body, headers)

    def holds(self, published: Published | None, now: datetime) -> bool:
        """Return whether nothing has been published since, and the clock has not come to where the answer may change."""
        same = self.published is not None and self.published == published
        return same and self.until is not None and self.since <= now < self.until

    async def send(self, scope: Scope, send: Send) -> None:
        """Send the answer, or only its tag to who has it already."""
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        if self.tag in known:
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", self.tag)]})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body})


class KeptAnswers:
    """The answers that are kept. It belongs to the event loop; only the working out of answers leaves it, to a thread."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._kept: OrderedDict[Key, Prebuilt] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[Key, asyncio.Task[Prebuilt]] = {}

    def find(self, key: Key) -> Prebuilt | None:
        """Return the answer to the request if one is kept that holds now, and take down that it was given again."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        started = self.desk.clock.monotonic()
        if not kept.holds(self.desk.published(), self.desk.clock.now()):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        self.desk.again(kept.subject, started)
        return kept

    async def make(self, key: Key, ask: Callable[[], Answered]) -> Prebuilt:
        """Return the answer that `ask` works out, kept from now on; who asks the same meanwhile waits for it."""
        if (other := self._under_way.get(key)) is not None:
            await asyncio.wait([other])
            if (kept := self.find(key)) is not None:
                return kept
        task = asyncio.ensure_future(run_in_threadpool(self._made, ask))
        self._under_way[key] = task
        try:
            made = await task
        finally:
            if self._under_way.get(key) is task:
                del self._under_way[key]
        self._keep(key, made)
        return made

    def _made(self, ask: Callable[[], Answered]) -> Prebuilt:
        published, since = self.desk.published(), self.desk.clock.now()
        return Prebuilt.of(ask(), published, since)

    def _keep(self, key: Key, made: Prebuilt) -> None:
        if made.published is None or made.until is None or len(made.body) > MOST_BYTES:
            return
        self._drop(key)
        self._kept[key] = made
        self._bytes += len(made.body)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        self._bytes -= len(old.body) if old is not None else 0


class PrebuiltFirst:
    """Sends what is kept, without a look at any route; everything else goes on to them."""

    def __init__(self, app: ASGIApp, answers: KeptAnswers) -> None:
        self.app = app
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = self.answers.find(_key(scope)) if scope["type"] == "http" and scope["method"] == "GET" else None
        if kept is None:
            await self.app(scope, receive, send)
        else:
            await kept.send(scope, send)


class Sent(Response):
    """A response that sends prebuilt bytes."""

    def __init__(self, prebuilt: Prebuilt) -> None:
        super().__init__(media_type="application/json")
        self.prebuilt = prebuilt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await self.prebuilt.send(scope, send)


async def answered(request: Request, ask: Callable[[], Answered]) -> Response:
    """Answer a request with what `ask` works out in a thread, and keep the answer for those who ask the same."""
    answers: KeptAnswers = request.app.state.answers
    return Sent(await answers.make(_key(request.scope), ask))


def _body(answer: Answer | BoardAnswer) -> Body:
    subject = answer.board if isinstance(answer, BoardAnswer) else answer.kpi
    return Body(subject, answer.generation, answer.valid_until, answer.model_dump_json().encode())


def _key(scope: Scope) -> Key:
    return scope["path"], scope["query_string"]

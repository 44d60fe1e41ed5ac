"""An answer is worked out once and sent again as bytes, and never after its generation or its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from assay.api import prebuilt
from assay.api.app import make_app
from assay.api.prebuilt import KeptAnswers, Prebuilt
from assay.clock import FixedClock
from assay.runtime.desk import Desk
from assay.settings import Project, ProjectFile
from assay.values.answer import Answer, Coverage, DataQuality, PeriodFacts, UnitFacts
from tests.asgi import complete, sent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST, SECOND = (1, "a.json", "aa"), (2, "b.json", "bb")
KEY = ("/api/v1/kpis/revenue", b"period=day")
ASKED = ("/api/v1/kpis/revenue", "period=day")
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def answer(generation: int | None = 1, valid_until: datetime | None = NOW + HOUR, value: str = "1") -> Answer:
    today = date(2026, 3, 1)
    return Answer(
        kpi="revenue",
        label="Revenue",
        period=PeriodFacts(name="day", grain="day", start=today, end=today, timezone="UTC", open=True),
        unit=UnitFacts(kind="number"),
        value=value,
        display=value,
        data_quality=DataQuality.ACTUAL,
        freshness=None,
        coverage=Coverage(days=1, covered=1),
        provisional=False,
        generation=generation,
        receipt=None,
        valid_until=valid_until,
    )


@dataclass
class Asked:
    """A desk that says what is published, and an answer that counts how often it is worked out."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    newest: tuple[int, str, str] | None = FIRST
    times: int = 0
    hits: list[str] = field(default_factory=list)
    answer: Callable[[], Answer] = answer

    def published(self) -> tuple[int, str, str] | None:
        return self.newest

    def again(self, subject: str, started: float) -> None:
        self.hits.append(subject)

    def ask(self) -> Answer:
        self.times += 1
        return self.answer()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def answers(asked: Asked) -> KeptAnswers:
    return KeptAnswers(cast(Desk, asked))


def make(answers: KeptAnswers, asked: Asked, key: tuple[str, bytes] = KEY) -> Prebuilt:
    return complete(answers.make(key, asked.ask))


def test_an_answer_that_holds_is_found_and_taken_down_as_given_again(answers: KeptAnswers, asked: Asked) -> None:
    made = make(answers, asked)
    asked.clock.instant = NOW + HOUR - MOMENT
    assert answers.find(KEY) is made
    assert (asked.times, asked.hits) == (1, ["revenue"])


@pytest.mark.parametrize("instant", [NOW + HOUR, NOW + 400 * HOUR, NOW - MOMENT], ids=["its end", "later", "a clock set back"])
def test_an_answer_does_not_outlive_its_time(answers: KeptAnswers, asked: Asked, instant: datetime) -> None:
    make(answers, asked)
    asked.clock.instant = instant
    assert answers.find(KEY) is None
    assert asked.hits == []


@pytest.mark.parametrize("newest", [SECOND, (1, "other.json", "cc"), None], ids=["next", "another first one", "none"])
def test_an_answer_does_not_outlive_its_generation(
    answers: KeptAnswers, asked: Asked, newest: tuple[int, str, str] | None
) -> None:
    make(answers, asked)
    asked.newest = newest
    assert answers.find(KEY) is None
    asked.newest = FIRST
    assert answers.find(KEY) is None, "what did not hold once is gone"


def test_an_answer_that_something_was_published_under_is_not_kept(answers: KeptAnswers, asked: Asked) -> None:
    def meanwhile() -> Answer:
        asked.newest = SECOND
        return answer(generation=2)

    asked.answer = meanwhile
    make(answers, asked)
    assert answers.find(KEY) is None


@pytest.mark.parametrize(("generation", "valid_until"), [(None, None), (1, None), (1, NOW), (2, NOW + HOUR)])
def test_an_answer_without_a_time_in_which_it_holds_is_not_kept(
    answers: KeptAnswers, asked: Asked, generation: int | None, valid_until: datetime | None
) -> None:
    asked.answer = lambda: answer(generation, valid_until)
    make(answers, asked)
    assert answers.find(KEY) is None


def test_an_error_is_not_kept(answers: KeptAnswers, asked: Asked) -> None:
    def fails() -> Answer:
        raise OSError("the disk is gone")

    asked.answer = fails
    with pytest.raises(OSError, match="the disk is gone"):
        make(answers, asked)
    asked.answer = answer
    assert make(answers, asked).subject == "revenue"


def test_kept_answers_take_no_more_than_their_room(answers: KeptAnswers, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(make(answers, asked).body)
    monkeypatch.setattr(prebuilt, "MOST_BYTES", 3 * size)
    for number in range(2, 4):
        make(answers, asked, ("/", b"%d" % number))
    assert answers.find(KEY) is not None
    make(answers, asked, ("/", b"4"))
    assert answers.find(("/", b"2")) is None, "the one that nobody has asked for longest goes first"
    assert all(answers.find(key) for key in (KEY, ("/", b"3"), ("/", b"4")))


def test_those_who_ask_at_once_share_one_answer(answers: KeptAnswers, asked: Asked) -> None:
    go = threading.Event()

    def slowly() -> Answer:
        assert go.wait(10)
        return answer()

    asked.answer = slowly

    async def all_at_once() -> list[Prebuilt]:
        waiting = [asyncio.ensure_future(answers.make(KEY, asked.ask)) for _ in range(5)]
        await asyncio.sleep(0.01)
        go.set()
        return await asyncio.gather(*waiting)

    assert len({one.tag for one in complete(all_at_once())}) == 1
    assert (asked.times, len(asked.hits)) == (1, 4)


@pytest.fixture
def app(tmp_path: Path, answers: KeptAnswers, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An application that has an answer to `KEY` at hand, and none to anything else: nothing is published."""
    make(answers, asked)
    monkeypatch.setattr("assay.api.app.KeptAnswers", lambda _desk: answers)
    return make_app(Project(tmp_path, ProjectFile(timezone="UTC", currency="USD")), asked.clock)


def test_a_kept_answer_has_the_headers_of_every_answer(app: Any) -> None:
    status, headers, body = sent(app, *ASKED)
    assert (status, Answer.model_validate_json(body).value) == (200, "1")
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"cache-control"] == b"no-cache"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert int(headers[b"content-length"]) == len(body)


def test_who_has_the_answer_already_is_told_so(app: Any, asked: Asked) -> None:
    tag = sent(app, *ASKED)[1][b"etag"]
    for known in (tag, b"W/" + tag, b'"other", ' + tag):
        status, headers, body = sent(app, *ASKED, {b"if-none-match": known})
        assert (status, headers[b"etag"], body) == (304, tag, b"")
    assert sent(app, *ASKED, {b"if-none-match": b'"other"'})[0] == 200
    assert len(asked.hits) == 5, "a 304 is an answer as well"


def test_another_value_has_another_tag() -> None:
    assert Prebuilt.of(answer(), FIRST, NOW).tag == Prebuilt.of(answer(), FIRST, NOW + MOMENT).tag
    assert Prebuilt.of(answer(), FIRST, NOW).tag != Prebuilt.of(answer(value="2"), FIRST, NOW).tag


def test_a_kept_answer_is_for_our_own_host_and_for_reading_alone(app: Any, asked: Asked) -> None:
    assert sent(app, *ASKED, {b"host": b"evil.example"})[0] == 400
    assert sent(app, *ASKED, method="POST")[0] == 405
    assert asked.hits == []

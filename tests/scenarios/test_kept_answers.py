"""Kept answers: each is what the question would be answered with now, whatever was published and however late it is."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from assay.api.app import make_app
from assay.catalog.contract import Question
from assay.state.store import StateStore
from tests.asgi import sent
from tests.scenarios import data
from tests.scenarios.shop import NOW, Stage

MOMENT = timedelta(microseconds=1)
HEAVY = ("sqlalchemy", "alembic", "sqlglot", "dbt", "duckdb", "fastapi", "uvicorn", "apscheduler", "rich", "pyarrow.compute")
LATE = f"{data.HEADINGS}\nL1,c0,2026-02-20T20:00:00+00:00,30.00,paid,false,\n"


def told(app: Any, path: str, query: str = "") -> Any:
    status, _, body = sent(app, path, query)
    assert status == 200, body
    return json.loads(body)


def test_a_publication_is_in_the_next_answer_and_not_before_though_it_is_read_ahead(
    plain: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(plain.project, plain.clock)
    path, query, board = "/api/v1/kpis/gross_revenue", "period=2026-02-20", "/api/v1/boards/operations"
    first = [told(app, path, query) for _ in range(2)]
    assert [one["value"] for one in first] == ["170.00"] * 2
    before, read = told(app, board), []
    publish = StateStore.publish

    def commit(state: StateStore, *arguments: Any) -> None:
        app.state.desk.look_ahead()
        read.append(app.state.desk._next._read)
        assert told(app, path, query) == first[0]
        assert told(app, board) == before
        publish(state, *arguments)

    monkeypatch.setattr(StateStore, "publish", commit)
    plain.take("late.csv", LATE, "orders")
    plain.run()
    assert told(app, path, query)["value"] == "200.00"
    assert told(app, board)["generation"] == plain.generation()
    assert app.state.desk.snapshot() is read[-1] is not None
    now = app.state.desk.board("operations")
    assert now == plain.desk().board("operations")
    assert told(app, board) == now.model_dump(mode="json")


def test_a_kept_answer_gets_old_as_its_data_does(plain: Stage) -> None:
    app = make_app(plain.project, plain.clock)
    seen = []
    for _ in range(4):
        kept = [told(app, "/api/v1/kpis/gross_revenue", "period=day") for _ in range(2)]
        assert kept[0] == kept[1] == plain.ask("gross_revenue", "day").model_dump(mode="json")
        seen.append((kept[0]["freshness"], kept[0]["period"]["start"], kept[0]["valid_until"]))
        plain.clock.instant = datetime.fromisoformat(kept[0]["valid_until"])
    assert len(set(seen)) == 4
    assert len({freshness for freshness, _, _ in seen}) > 1


def test_every_answer_is_the_same_until_the_instant_that_it_names(mixed: Stage) -> None:
    desk = mixed.desk()
    dice = random.Random(7)
    kpis = list(desk.snapshot().catalog.kpis)
    periods = (None, "day", "yesterday", "mtd", "month", "7d", "2026-02-28", "2026-02", "2026-03", "2026-04")
    against = (None, "previous", "last_year", "same_day_last_week")
    compared = 0
    for _ in range(150):
        asked = {"kpi": dice.choice(kpis), "period": dice.choice(periods), "compare": dice.choice(against)}
        question = Question.model_validate({name: value for name, value in asked.items() if value is not None})
        mixed.clock.instant = now = NOW + timedelta(seconds=dice.randrange(4 * 86400))
        answer = desk.ask(question)
        assert answer.valid_until is not None
        assert answer.valid_until > now
        for later in (now + (answer.valid_until - now) * dice.random(), answer.valid_until - MOMENT):
            mixed.clock.instant = later
            assert desk.ask(question) == answer, (question, now, later)
            compared += 1
    assert compared == 300


def test_a_tile_is_what_its_question_is_answered_with_alone(mixed: Stage) -> None:
    desk = mixed.desk()
    for name, declared in desk.snapshot().catalog.boards.items():
        tiles = [tile.answer for section in desk.board(name).sections for tile in section.tiles]
        alone = [desk.ask(one, pack=declared.pack) for section in declared.board.sections for one in section.tiles]
        assert tiles == alone
        assert tiles


def test_an_answer_that_is_kept_costs_a_small_part_of_one_that_is_not(plain: Stage) -> None:
    app = make_app(plain.project, plain.clock)
    path, queries = "/api/v1/kpis/gross_revenue", [f"period={days}d" for days in range(2, 22)]
    told(app, path)  # the tables are read
    spent = []
    for _ in range(2):
        began = time.process_time()
        for query in queries:
            told(app, path, query)
        spent.append(time.process_time() - began)
    assert spent[0] > 2 * spent[1], spent


def test_a_number_on_the_command_line_loads_no_library_that_it_does_not_need(plain: Stage) -> None:
    script = (
        "import sys\nfrom assay.cli import main\n"
        f"try: main(['get', 'gross_revenue', '--period', '2026-02-20', '--project', {str(plain.folder)!r}])\n"
        f"except SystemExit as leave: print(leave.code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], env=plain.environment(), capture_output=True, text=True, check=True)
    assert "Gross revenue" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "0 []"

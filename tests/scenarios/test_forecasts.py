"""Forecasts of a published shop, on the command line and over HTTP: what they are made of, and why there is none.

The shop takes 151 dollars on 1 February and one more on each day that follows; so it did, by the ledger, on the days before.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from assay.api.app import make_app
from assay.clock import FixedClock
from assay.errors import TransientError, UsageError
from assay.forecast.making import Backtest, Forecast, Step, Task
from assay.runtime.desk import Desk
from assay.runtime.forecasting import fitting, forecasts
from assay.runtime.forecasting.forecasts import Forecasts
from assay.runtime.publishing.generations import Snapshot
from assay.units import Currencies
from assay.values.forecast import ForecastAnswer
from tests.asgi import sent
from tests.scenarios.data import FIRST, LAST, gross_of
from tests.scenarios.shop import NOW, Stage, Template

BEFORE = 60
KPI = "gross_revenue"
PATH = f"/api/v1/kpis/{KPI}/forecast"


def change(stage: Stage, sql: str, *parameters: object) -> None:
    """Change the ledger of the shop."""
    with closing(sqlite3.connect(stage.project.state)) as connection, connection:
        connection.execute(sql, parameters)


def publish_before(stage: Stage, days: int) -> None:
    """Write what was taken on the days before February into the ledger, as published with the rest."""
    sql = "select distinct l.fact from ledger l join series s on s.id = l.series where s.kpi = ? and l.value is not null"
    [(fact,)] = stage.rows(sql, KPI)
    for back in range(1, days + 1):
        day = (FIRST - timedelta(days=back)).isoformat()
        change(stage, "insert into series (kpi, period, start, end) values (?, 'day', ?, ?)", KPI, day, day)
        sql = "insert into ledger select id, 1, ?, 0, ? from series where kpi = ? and period = 'day' and start = ?"
        change(stage, sql, f"{gross_of(FIRST) - back}.00", fact, KPI, day)


def tell(stage: Stage, day: date, value: str | None, state: int) -> None:
    """Let the ledger say something else of a day."""
    of = "(select id from series where kpi = ? and period = 'day' and start = ?)"
    change(stage, f"update ledger set value = ?, state = ? where series in {of}", value, state, KPI, day.isoformat())


@pytest.fixture(scope="module")
def kept(plain_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """February with sixty days before it; for tests that only read."""
    stage = plain_template.copy(tmp_path_factory.mktemp("forecast") / "shop")
    publish_before(stage, BEFORE)
    return stage


@pytest.fixture
def shop(plain: Stage) -> Stage:
    """The same, for tests that change what was published."""
    publish_before(plain, BEFORE)
    return plain


def repeat(task: Task) -> Forecast:
    """Return a dollar more than the newest value for each period: what the models make of a history has its own tests."""
    newest = task.history[-1] + 1
    last = len(task.history) - 1
    tested = Backtest(
        2, 2 * task.periods, mae=0.5, naive_mae=2.0, wape=0.25, within=2 * task.periods, first=last - 1, last=last
    )
    return Forecast("theta", 7, (Step(newest, newest - 2, newest + 2.004),) * task.periods, tested)


class Repeating:
    """Stands in for the process that fits."""

    def __call__(self, task: Task) -> Forecast:
        return repeat(task)

    def close(self) -> None:
        """Nothing runs."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "Fitter", Repeating)


def asked(
    stage: Stage, periods: int | None = None, *, kpi: str = KPI, fit: Callable[[Task], Forecast] = repeat
) -> ForecastAnswer:
    return Forecasts(stage.desk(), fit).ask(kpi, periods)


def codes(answer: ForecastAnswer) -> list[str]:
    assert answer.data_quality == ("forecast" if answer.points else "insufficient_data")
    return [reason.code for reason in answer.reasons]


def no_fit(_task: Task) -> Forecast:
    raise AssertionError("nothing is to be fitted")


def test_the_forecast_begins_with_the_day_that_goes_on_and_says_what_it_is_made_of(kept: Stage) -> None:
    found = asked(kept)
    assert [point.start for point in found.points] == [LAST + timedelta(days=n) for n in range(1, 15)]
    assert {(point.forecast, point.lower, point.upper) for point in found.points} == {("179.00", "177.00", "181.01")}
    assert found.history is not None
    assert (found.history.start, found.history.end, found.history.periods) == (
        FIRST - timedelta(days=BEFORE),
        LAST,
        BEFORE + 28,
    )
    assert found.backtest is not None
    assert (found.backtest.start, found.backtest.end) == (LAST - timedelta(days=1), LAST)
    assert (found.backtest.mae, found.backtest.wape_pct, found.backtest.relative_mae) == ("0.50", "0.2", "0.25")


def test_only_what_the_ledger_holds_is_learnt_from(kept: Stage) -> None:
    seen: list[Task] = []

    def take_down(task: Task) -> Forecast:
        seen.append(task)
        return repeat(task)

    asked(kept, 2, fit=take_down)
    assert seen[0].history == tuple(float(gross_of(FIRST) - BEFORE + n) for n in range(BEFORE + 28))
    assert (seen[0].grain, seen[0].periods, seen[0].lead, seen[0].floor, seen[0].ceiling) == ("day", 2, 0, 0.0, None)


def test_a_short_history_has_no_forecast_and_says_from_when_on_it_can_have_one(plain: Stage) -> None:
    found = asked(plain, fit=no_fit)
    assert codes(found) == ["history_short"]
    assert "needs 58 days in a row that are proved; there are 28" in found.reasons[0].sentence
    assert found.needs is not None
    # The 58th day since 1 February is 30 March; the forecast can be made on the day after.
    assert (found.needs.possible_from, found.needs.at_most) == (date(2026, 3, 31), 0)


def test_a_gap_in_the_recent_history_is_named_and_what_can_be_done_now(shop: Stage) -> None:
    gap = date(2026, 1, 15)
    tell(shop, gap, None, 2)
    found = asked(shop, fit=no_fit)
    assert codes(found) == ["history_gap"]
    assert "there are 44. 2026-01-15 has no value." in found.reasons[0].sentence
    assert found.needs is not None
    assert (found.needs.there, found.needs.at_most) == (44, 7)  # 28 + 2 * (7 + 1)
    assert found.reasons[0].repair == "Ask for 7 days at most."
    assert len(asked(shop, 7).points) == 7
    assert codes(asked(shop, 8)) == ["history_gap"]


def test_an_estimate_or_an_unsettled_day_is_a_gap_as_well(shop: Stage) -> None:
    for state in (1, 4):
        tell(shop, date(2026, 2, 10), "160.00", state)
        assert codes(asked(shop, fit=no_fit)) == ["history_gap"]


def test_days_that_have_not_settled_are_bridged(shop: Stage) -> None:
    tell(shop, LAST, "178.00", 4)
    found = asked(shop)
    assert (found.lead, found.points[0].start) == (1, LAST + timedelta(days=1))
    assert found.points[0].forecast == "178.00"  # a dollar more than what is proved
    assert found.history is not None
    assert found.history.end == LAST - timedelta(days=1)


def test_without_the_newest_day_there_is_no_forecast(shop: Stage) -> None:
    shop.clock = FixedClock(NOW + timedelta(days=2))  # nothing came on 1 and 2 March
    found = asked(shop, fit=no_fit)
    assert codes(found) == ["newest_withheld"]
    assert found.reasons[0].sentence.startswith(
        "2026-03-02, the newest day that is over, has no value. No load says that orders"
    )
    assert found.reasons[0].repair is not None


def test_the_day_that_is_awaited_is_bridged_while_the_data_is_as_new_as_expected(shop: Stage) -> None:
    shop.clock = FixedClock(NOW + timedelta(hours=24))  # 1 March is over and its orders come later in the day
    assert shop.ask(KPI, "2026-03-01").freshness in ("fresh", "acceptable")
    found = asked(shop)
    assert (found.lead, found.points[0].period) == (1, "2026-03-02")


def test_what_was_published_by_another_definition_is_left_out_unless_it_says_the_same(shop: Stage) -> None:
    other = json.dumps({"kpi": KPI, "definition": "another"})
    change(shop, "insert into fact values ('other', ?)", other)
    change(
        shop,
        "update ledger set fact = 'other' where series in (select id from series where kpi = ? and start >= '2026-02-01')",
        KPI,
    )
    assert len(asked(shop, 2).points) == 2  # the definition in force makes the same of February
    change(shop, "update ledger set fact = 'other' where series in (select id from series where kpi = ?)", KPI)
    found = asked(shop, fit=no_fit)
    assert codes(found) == ["redefined"]  # and of nothing before it
    assert "there are 28. 2026-01-31 was published by another definition." in found.reasons[0].sentence


def test_money_of_another_currency_is_left_out(kept: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    dated = Currencies(("EUR", "USD"), (FIRST,), (None,))
    monkeypatch.setattr(Snapshot, "currencies", dated)
    found = asked(kept, fit=no_fit)
    assert codes(found) == ["currency_changed"]
    assert "there are 28. 2026-01-31 is in another currency." in found.reasons[0].sentence


def test_what_is_published_while_it_is_asked_is_not_mixed_in(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = shop.desk()
    snapshot = desk.snapshot()
    monkeypatch.setattr(desk, "snapshot", lambda: snapshot)
    change(shop, "insert into generation select 2, published_at, file, sha256, token from generation")
    newest = "(select id from series where kpi = ? and period = 'day' and start = '2026-02-27')"
    change(shop, f"insert into ledger select series, 2, '999.00', 0, fact from ledger where series in {newest}", KPI)
    with pytest.raises(TransientError, match="published meanwhile"):
        Forecasts(desk, no_fit).ask(KPI)


@pytest.mark.parametrize("periods", [0, -1, 91])
def test_a_horizon_that_is_none_is_refused(kept: Stage, periods: int) -> None:
    with pytest.raises(UsageError, match="cannot be forecast") as refused:
        asked(kept, periods, fit=no_fit)
    assert refused.value.remedy == f"Of {KPI} 1 to 90 days can."


@pytest.fixture(scope="module")
def app(kept: Stage) -> Any:
    app = make_app(kept.project, kept.clock)
    app.state.forecasts = Forecasts(Desk(kept.project, kept.clock), repeat)
    return app


def test_over_http_it_has_its_published_shape_and_is_kept(app: Any) -> None:
    status, headers, body = sent(app, PATH, "periods=3&level=90")
    found = ForecastAnswer.model_validate_json(body)
    assert (status, len(found.points), found.level, found.generation) == (200, 3, 90, 1)
    assert all(isinstance(one, str) for one in json.loads(body)["points"][0].values())
    app.state.forecasts._fit = no_fit
    again, _, nothing = sent(app, PATH, "periods=3&level=90", {b"if-none-match": headers[b"etag"]})
    app.state.forecasts._fit = repeat
    assert (again, nothing) == (304, b"")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("periods=0", "1 to 90 days"),
        ("periods=91", "1 to 90 days"),
        ("periods=x", "a whole number"),
        ("periods=1.5", "a whole number"),
        ("level=100", "from 50 to 99"),
        ("level=49", "from 50 to 99"),
        ("level=high", "50 to 99"),
        ("by=customer", "periods, level"),
    ],
)
def test_over_http_wrong_parameters_are_422_with_what_would_be_right(app: Any, query: str, said: str) -> None:
    status, _, body = sent(app, PATH, query)
    error = json.loads(body)["error"]
    assert (status, error["code"]) == (422, "wrong_request")
    assert said in error["remedy"]


def test_over_http_an_unknown_kpi_is_404_with_the_one_that_was_meant(app: Any) -> None:
    status, _, body = sent(app, "/api/v1/kpis/gross_revenu/forecast")
    assert status == 404
    assert f'Did you mean "{KPI}"?' in json.loads(body)["error"]["problem"]


def test_the_command_writes_a_table_csv_and_json(kept: Stage) -> None:
    table = kept.cli("forecast", KPI, "--periods", "3")
    assert (table.status, table.err) == (0, "")
    assert "Gross revenue: forecast in USD" in table.out
    assert "Such forecasts were off by" in table.out
    rows = list(csv.DictReader(io.StringIO(kept.cli("forecast", KPI, "--periods", "3", "--format", "csv").out)))
    found = kept.cli("forecast", KPI, "--periods", "3", "--format", "json").json
    assert [row["forecast"] for row in rows] == [point["forecast"] for point in found["points"]]
    assert {row["state"] for row in rows} == {"forecast"}


def test_the_command_ends_with_3_where_it_is_withheld_and_with_2_where_it_is_asked_wrongly(kept: Stage) -> None:
    withheld = kept.cli("forecast", "total_orders")
    assert withheld.status == 3
    assert "possible from 2026-03-31 on" in withheld.out
    assert kept.cli("forecast", "nothing").status == 2
    assert kept.cli("forecast", KPI, "--level", "100").status == 2


def test_without_the_extra_the_command_says_what_to_install_and_the_answer_why(
    kept: Stage, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecasts, "installed", lambda: False)
    refused = kept.cli("forecast", KPI)
    assert refused.status == 2
    assert "pip install 'assay-kpi[forecast]'" in refused.err
    status, _, body = sent(app, PATH, "periods=5")
    assert (status, json.loads(body)["reasons"][0]["code"]) == (200, "not_installed")


def test_the_distribution_has_the_extra_that_is_named() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert f"pip install '{project['name']}[forecast]'" == forecasts.INSTALL
    assert [one.split(">")[0] for one in project["optional-dependencies"]["forecast"]] == ["statsforecast"]

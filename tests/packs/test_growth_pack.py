"""The pack `growth`, from planted files to answers: every number against Python over the rows, written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pytest

from assay.catalog.contract import Question
from assay.catalog.entry import Catalog
from assay.clock import FixedClock
from assay.runtime.importing import take_file
from assay.runtime.setup import init
from assay.values.answer import Answer
from tests.scenarios.shop import Stage, Template, keep, share

from . import growth_by_hand as hand
from . import planted_growth as planted
from .growth_by_hand import DAY, EXPECTED, OF_A_MONTH, PLAN, Number
from .planted import rounded, shown

SPANS = {
    "2026-02-22": (date(2026, 2, 22), date(2026, 2, 22)),
    "2026-02": (date(2026, 2, 1), date(2026, 2, 28)),
    "2026-01-25..2026-02-20": (date(2026, 1, 25), date(2026, 2, 20)),
}
KNOWN_SINCE = {"orders": "2025-02-20", "refunds": "2025-02-20", "acquisition_costs": "2025-12-01", "cogs_entries": "2025-12-01"}
"""From when on the records are complete; from November on otherwise."""


class Ask(Protocol):
    def __call__(self, kpi: str, period: str, by: str | None = None) -> Answer: ...


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return the published company with everything that is planted, at noon of 1 March; for tests that only read."""

    def publish(folder: Path) -> Template:
        named = {"name": "Growing", "timezone": "America/Los_Angeles", "currency": "USD", "packs": ["growth"]}
        init(folder / "shop", named)
        stage = Stage(folder / "shop", FixedClock(planted.NOW))
        for kind, text in PLAN.csv():
            span = None if kind == "subscription_prices" else f"{KNOWN_SINCE.get(kind, planted.FIRST)}..{planted.LAST}"
            file = stage.write(f"files/{kind}.csv", text)
            taken = take_file(stage.project, stage.clock, file, kind, (), None, span, replace=False, append=False)
            assert not taken.rejected
        stage.run()
        return keep(stage)

    return Stage(share(tmp_path_factory, "growth", publish).fresh().folder, FixedClock(planted.NOW))


@pytest.fixture(scope="module")
def ask(company: Stage) -> Ask:
    """Return one desk's answers: it reads what is published once."""
    desk = company.desk()
    return lambda kpi, period, by=None: desk.ask(Question(kpi=kpi, period=period, by=by))


@pytest.fixture(scope="module")
def catalog(company: Stage) -> Catalog:
    return company.desk().snapshot().catalog


def worked_out(value: Number) -> Decimal | None:
    return None if value is None else rounded(value)


@pytest.mark.parametrize("period", SPANS)
def test_every_number_is_what_the_planted_rows_come_to(ask: Ask, period: str) -> None:
    wrong, told = {}, 0
    for kpi, by_hand in EXPECTED.items():
        answer, expected = ask(kpi, period), worked_out(by_hand(*SPANS[period]))
        told += expected is not None
        if shown(answer.value) != expected:
            wrong[kpi] = (answer.value, expected, [reason.sentence for reason in answer.reasons])
    assert wrong == {}
    assert told >= len(EXPECTED) - 2


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2025, 12, 1)])
def test_break_even_is_where_the_gross_profit_covers_the_expenses(ask: Ask, month: date) -> None:
    first, last = month, (month + 31 * DAY).replace(day=1) - DAY
    wrong = {}
    for kpi, by_hand in OF_A_MONTH.items():
        if kpi in ("revenue_added_a_month", "months_to_break_even") and first < date(2026, 2, 1):
            continue  # three months before are not known
        answer, expected = ask(kpi, f"{first:%Y-%m}"), worked_out(by_hand(first, last))
        if shown(answer.value) != expected:
            wrong[kpi] = (answer.value, expected, [reason.sentence for reason in answer.reasons])
    assert wrong == {}


def test_what_is_not_known_three_months_back_withholds_the_projection(ask: Ask) -> None:
    answer = ask("months_to_break_even", "2026-01")
    assert (answer.value, "not_covered" in [reason.code for reason in answer.reasons]) == (None, True)


@pytest.mark.parametrize(
    ("kpi", "by"),
    [
        ("gross_revenue", "channel"),
        ("ad_spend", "platform"),
        ("ad_spend", "campaign"),
        ("roas", "campaign"),
        ("cpc", "platform"),
        ("cpa", "platform"),
        ("paid_cac", "campaign"),
        ("feature_adoption_pct", "feature"),
    ],
)
def test_a_list_is_that_of_the_rows(ask: Ask, kpi: str, by: str) -> None:
    first, last = SPANS["2026-02"]
    expected = {key: worked_out(value) for key, value in hand.by_key(kpi, by, first, last).items()}
    found = {row.key: shown(row.value) for row in ask(kpi, "2026-02", by=by).rows or ()}
    assert {key: found.get(key) for key in expected} == expected
    assert all(value is None for key, value in found.items() if key not in expected)
    assert len(expected) > 1


def test_orders_that_name_no_channel_are_a_source_of_their_own(ask: Ask) -> None:
    rows = {row.key: row.value for row in ask("gross_revenue", "2026-02", by="channel").rows or ()}
    assert set(rows) == {"shopify", "api", "marketplace", "partner", None}
    assert sum(Decimal(value or 0) for value in rows.values()) == Decimal(ask("gross_revenue", "2026-02").value or 0)


def test_a_feature_is_set_against_all_active_users_also_while_it_is_new(ask: Ask) -> None:
    """`alerts` can be used since the 10th: on the 12th its adoption is of the users of 30 days, not of three."""
    rows = {row.key: row for row in ask("feature_adoption_pct", "2026-02-12", by="feature").rows or ()}
    day = date(2026, 2, 12)
    assert shown(rows["alerts"].value) == worked_out(hand.adoption(day, day, "alerts"))
    assert len(hand.users(*hand.month_of(day))) > len(hand.users(date(2026, 2, 10), day))


def test_users_are_followed_by_the_month_of_their_sign_up(ask: Ask) -> None:
    table = ask("user_retention_by_month_pct", "6m").cohorts
    assert table is not None
    rows = {row.name: [shown(cell.value) for cell in row.cells] for row in table.rows}
    for cohort in hand.months(date(2025, 11, 1), date(2026, 2, 1)):
        whole = len(list(hand.months(cohort, date(2026, 2, 1))))
        expected = [worked_out(hand.retained(cohort, since)) for since in range(whole)]
        assert rows[f"{cohort:%Y-%m}"][:whole] == expected
        assert set(rows[f"{cohort:%Y-%m}"][whole:]) <= {None}, "March is not over"


def test_every_kpi_of_the_pack_is_worked_out_here(catalog: Catalog) -> None:
    own = {name for name, kpi in catalog.kpis.items() if kpi.pack == "growth"}
    assert own - {*EXPECTED, *OF_A_MONTH} == {"user_retention_by_month_pct"}
    assert {kpi.pack for kpi in catalog.kpis.values()} == {"base", "growth"}


def test_a_call_that_does_not_say_how_it_was_answered_withholds_the_error_rate_of_its_day(ask: Ask) -> None:
    assert [one.code for one in ask("api_error_rate_pct", f"{planted.MUTE}").reasons] == ["empty_cells"]
    assert ask("api_calls", f"{planted.MUTE}").value == "110"


def test_the_boards_answer_every_tile(company: Stage) -> None:
    silent: dict[str, Any] = {}
    desk = company.desk()
    for board in ("executive_summary", "revenue_deep_dive", "marketing_performance", "product_metrics", "financial_health"):
        tiles = [tile for section in desk.board(board).sections for tile in section.tiles]
        assert tiles
        answers = [tile.answer for tile in tiles]
        silent |= {one.kpi: one.reasons for one in answers if one.value is None and not one.rows and one.cohorts is None}
    assert {kpi: [reason.code for reason in reasons] for kpi, reasons in silent.items()} == {
        "months_to_break_even": ["not_growing"]
    }


def test_a_burst_of_advertising_without_revenue_is_a_breach_that_names_both_numbers(ask: Ask) -> None:
    found = {day: ask("unearned_spend", f"{day}") for day in planted.BURSTS}
    above, below = planted.BURSTS
    (breach,) = found[above].breaches
    earned = hand.paid_revenue(above, above)
    assert earned < hand.spent(above, above)
    assert f"{float(hand.spent(above, above)):,.2f}" in breach.sentence
    assert f"{float(earned):,.2f}" in breach.sentence
    assert (breach.severity, found[below].breaches) == ("high", ())


def test_the_view_of_the_day_has_the_numbers_of_the_kpis(company: Stage, ask: Ask) -> None:
    """Each column under the name of a KPI, in cents; null where no record of the day tells of it."""
    day, cents = "2026-02-22", {"gross_revenue", "refunds", "total_revenue", "ad_spend", "revenue", "cogs", "gross_profit"}
    with duckdb.connect(str(company.project.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute("select * from metrics_daily order by metric_on")
        names = [column[0] for column in rows.description or ()]
        by_day = {str(row[0]): dict(zip(names, row, strict=True)) for row in rows.fetchall()}
    for found in (by_day[day], by_day["2026-02-10"]):
        kpis = {name: value for name, value in found.items() if name != "metric_on" and value is not None}
        assert len(kpis) > 12
        for kpi, value in kpis.items():
            told = ask(kpi, str(found["metric_on"])).value
            assert Decimal(told or -1) * (100 if kpi in cents else 1) == value, kpi
    quiet = by_day["2025-12-24"]
    assert (quiet["sessions"], quiet["ad_spend"]) != (0, 0)
    assert all((row["gross_profit"] is None) == (row["cogs"] is None) for row in by_day.values())

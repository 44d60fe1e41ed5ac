"""The pack `campaigns`, from planted files to answers: every number against SQL on the files, written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assay.api.app import make_app
from assay.catalog.contract import Question
from assay.catalog.entry import Catalog
from assay.clock import FixedClock
from assay.runtime.importing import take_file
from assay.runtime.setup import init
from tests.asgi import sent
from tests.scenarios.shop import Stage, Template, keep, share

from . import planted_campaigns as planted
from .campaigns_sql import BY, EXPECTED, TABLES

DAY, SPAN = "2026-02-20", "2026-02-12..2026-02-25"
PLAN = planted.plan()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a published shop with everything that is planted, at noon of 1 March; for tests that only read."""

    def publish(folder: Path) -> Template:
        named = {"name": "Shop", "timezone": "America/Los_Angeles", "currency": "USD", "packs": ["campaigns"]}
        init(folder / "shop", named)
        stage = Stage(folder / "shop", FixedClock(planted.NOW))
        for kind, text in PLAN.csv():
            first = planted.FIRST if kind in TABLES["old"] else planted.BUSY
            span = None if kind == "products" else f"{first}..{planted.LAST}"
            file = stage.write(f"files/{kind}.csv", text)
            take_file(stage.project, stage.clock, file, kind, (), None, span, replace=False, append=False)
        stage.run()
        return keep(stage)

    return Stage(share(tmp_path_factory, "campaigns", publish).fresh().folder, FixedClock(planted.NOW))


@pytest.fixture(scope="session")
def catalog(shop: Stage) -> Catalog:
    return shop.desk().snapshot().catalog


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the files as tables of their own, with a `day` of each row: UTC less eight hours, as the whole winter is."""
    folder = tmp_path_factory.mktemp("planted")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for kind, text in PLAN.csv():
            (folder / f"{kind}.csv").write_text(text)
            connection.execute(f"create table {kind} as from read_csv('{folder}/{kind}.csv', all_varchar = true, nullstr = '')")
        for statement in TABLES["made"]:
            connection.execute(statement)
        yield connection


def expected(files: duckdb.DuckDBPyConnection, sql: str, first: str, last: str) -> Decimal | None:
    """Return the one number of a query over the days from `first` to `last`."""
    ((value,),) = files.execute(f"with d as (select date '{first}' as f, date '{last}' as l) {sql}").fetchall()
    return None if value is None else Decimal(str(value))


def same(found: str | None, wanted: Decimal | None) -> bool:
    """Return whether a published number is the one of the query, which may be a float, up to its rounding."""
    if found is None or wanted is None:
        return found is None and wanted is None
    return abs(Decimal(found) - wanted) <= Decimal("0.000002") or Decimal(found) == wanted.quantize(
        Decimal("0.01"), rounding=ROUND_HALF_EVEN
    )


@pytest.mark.parametrize("period", [DAY, SPAN])
@pytest.mark.parametrize("kpi", EXPECTED)
def test_a_number_is_that_of_the_files(kpi: str, period: str, shop: Stage, files: duckdb.DuckDBPyConnection) -> None:
    first, _, last = period.partition("..")
    answer = shop.ask(kpi, period)
    wanted = expected(files, EXPECTED[kpi], first, last or first)
    assert wanted is not None, "the planted rows say something about it"
    assert (answer.data_quality, answer.freshness in ("fresh", None)) == ("actual", True), answer.reasons
    assert same(answer.value, wanted), (answer.value, wanted)


def test_every_kpi_of_the_pack_is_checked(catalog: Catalog) -> None:
    own = {name for name, kpi in catalog.kpis.items() if kpi.pack == "campaigns" or kpi.contract.shared}
    apart = {"revenue_until_5pm", "days_past_5pm"}  # seen in `revenue_by_5pm`
    assert own - apart <= set(EXPECTED)


@pytest.mark.parametrize(("kpi", "by"), BY)
def test_a_list_is_that_of_the_files(kpi: str, by: str, shop: Stage, files: duckdb.DuckDBPyConnection) -> None:
    first, _, last = SPAN.partition("..")
    answer = shop.ask(kpi, SPAN, by=by)
    sql = f"with d as (select date '{first}' as f, date '{last}' as l) {BY[kpi, by]}"
    wanted = {key: Decimal(str(value)) for key, value in files.execute(sql).fetchall()}
    found = {row.key: row.value for row in answer.rows or ()}
    assert set(found) == set(wanted)
    assert all(same(found[key], wanted[key]) for key in wanted), (found, wanted)
    assert len(wanted) > 1


PRODUCTS = """select p.title, sum(g.amount * g.sign) / 100.0 as revenue, sum(g.units) filter (where g.sign = 1) as units,
  case when count(*) = count(g.one)
       then 100.0 * sum((g.amount - g.units * g.one) * g.sign) / sum(g.amount * g.sign) end as margin
  from goods g join products p using (sku) where day between date '2026-01-30' and date '2026-02-28'
  group by p.title order by revenue desc"""


def test_products_stand_in_one_table_row_by_row_and_the_best_sellers_choose_the_rows(
    shop: Stage, files: duckdb.DuckDBPyConnection
) -> None:
    app = make_app(shop.project, shop.clock)
    wanted = files.execute(PRODUCTS).fetchall()
    answer = json.loads(sent(app, "/api/v1/dashboard/top-products", "")[2], parse_float=Decimal, parse_int=Decimal)
    assert [row["key"] for row in answer["table"]] == [title for title, *_ in wanted]
    for row, (_, revenue, units, margin) in zip(answer["table"], wanted, strict=True):
        told = [row[name] for name in ("revenue", "units", "margin_pct")]
        found = [None if one is None else Decimal(str(one)) for one in (revenue, units, margin)]
        assert all(same(None if a is None else str(a), b) for a, b in zip(told, found, strict=True)), (told, found)
    assert None in [row["margin_pct"] for row in answer["table"]], "the cost of one product is not known"
    best = json.loads(sent(app, "/api/v1/dashboard/top-products", "limit=2")[2])["table"]
    assert [row["key"] for row in best] == [title for title, *_ in wanted[:2]]
    assert None not in best[1].values()


def test_new_and_returning_customers_are_drawn_as_the_whole_that_they_are(
    shop: Stage, files: duckdb.DuckDBPyConnection
) -> None:
    board = shop.desk().board("customer_insights")
    (tile,) = [one for section in board.sections for one in section.tiles if one.shape == "pie"]
    first, last = f"{tile.answer.period.start}", f"{tile.answer.period.end}"
    wanted = {name: expected(files, EXPECTED[name], first, last) for name in ("known_buyers", "first_time_buyers", "buyers")}
    assert [Decimal(one.value) for one in tile.slices or ()] == [wanted["known_buyers"], wanted["first_time_buyers"]]
    assert tile.answer.value == str(wanted["buyers"])
    across, up = next(section.tiles for section in board.sections if section.shape == "scatter")
    spent, bought = across.answer.rows or (), up.answer.rows or ()
    assert [row.key for row in spent] == [row.key for row in bought]
    sql = f"with d as (select date '{up.answer.period.start}' as f, date '{last}' as l) {BY['customer_orders', 'customer_id']}"
    orders = {key: str(count) for key, count in files.execute(sql).fetchall()}
    assert [row.value for row in bought] == [orders.get(row.key, "0") for row in bought]
    assert "0" in [row.value for row in bought], "somebody was given money back and bought nothing"


def test_without_numbers_sessions_are_withheld_and_made_up_for_who_asks_for_estimates(shop: Stage) -> None:
    day = f"{planted.UNNUMBERED}"
    withheld = shop.ask("conversion_rate_pct", day)
    assert (withheld.value, withheld.reasons[0].code) == (None, "empty_cells")
    answer = shop.desk().ask(Question(kpi="sessions", period=day), allow_estimates=True)
    assert (answer.data_quality, answer.value) == ("estimated", str(_pauses()))
    assert shop.value("visitors", day) is not None


def _pauses() -> int:
    """Return how many sessions begin on the day: after a pause of more than half an hour, or with a number all the same."""
    seen: dict[str, datetime] = {}
    numbered = {row["session_id"]: (row["occurred_at"] - timedelta(hours=8)).date() for row in reversed(PLAN.files["events"])}
    began: int = sum(day == planted.UNNUMBERED for session, day in numbered.items() if session)
    for event in sorted(PLAN.files["events"], key=lambda row: row["occurred_at"]):
        if event["session_id"] is None:
            moment = event["occurred_at"]
            before = seen.get(event["visitor_id"])
            new = before is None or moment - before > timedelta(minutes=30)
            began += int(new and (moment - timedelta(hours=8)).date() == planted.UNNUMBERED)
            seen[event["visitor_id"]] = moment
    return began


def test_a_product_without_a_cost_withholds_the_profit_of_the_whole_and_of_itself_alone(shop: Stage) -> None:
    day = f"{planted.UNNUMBERED}"
    assert (shop.value("product_gross_profit", day), shop.codes("product_gross_profit", day)) == (None, ["cost_unknown"])
    assert (shop.value("product_cost", day), shop.codes("product_cost", day)) == (None, ["empty_cells"])
    assert shop.value("product_margin_pct", day) is None
    rows = {row.key: row.value for row in shop.ask("product_gross_profit", day, by="sku").rows or ()}
    sold = {
        row["sku"] for row in PLAN.files["order_lines"] if (row["ordered_at"] - timedelta(hours=8)).date() == planted.UNNUMBERED
    }
    assert set(rows) <= sold - {"F"}
    assert len(rows) > 2
    assert None not in rows.values()


@pytest.mark.parametrize(("minute", "known"), [(16 * 60 + 59, False), (17 * 60, True)])
def test_revenue_is_judged_at_five_by_the_shops_clocks_and_not_before(shop: Stage, minute: int, known: bool) -> None:
    at_five = Stage(shop.folder, FixedClock(planted.at(planted.LAST, minute))).ask("revenue_by_5pm")
    assert (at_five.value is not None) == known
    assert [reason.code for reason in at_five.reasons] == ([] if known else ["not_5pm_yet"])
    assert bool(at_five.breaches) == (known and Decimal(at_five.value or 0) < Decimal("1666.50"))


def test_five_in_the_afternoon_moves_with_summer_time(shop: Stage) -> None:
    sql = """select strftime(timezone('UTC', checkpoint_at), '%Y-%m-%d %H:%M') from fct_day_checkpoints
             where day in (date '2026-03-07', date '2026-03-08', date '2026-11-01') order by day"""
    with duckdb.connect(str(shop.project.warehouse), read_only=True) as warehouse:
        assert warehouse.execute(sql).fetchall() == [("2026-03-08 01:00",), ("2026-03-09 00:00",), ("2026-11-02 01:00",)]


def test_a_number_that_deviates_from_the_week_before_by_more_than_a_fifth_is_a_breach(
    shop: Stage, files: duckdb.DuckDBPyConnection
) -> None:
    found, wanted = set(), set()
    for n in range(8):
        day = date(2026, 2, 16) + timedelta(days=n)
        change = expected(files, EXPECTED["revenue_vs_7d_avg_pct"], f"{day}", f"{day}")
        assert change is not None
        found |= (
            {day} if any(one.alert == "deviates_from_week" for one in shop.ask("total_revenue", f"{day}").breaches) else set()
        )
        wanted |= {day} if abs(change) > 20 else set()
    assert found == wanted
    assert 0 < len(wanted) < 8


def test_the_feed_shows_the_newest_orders_as_they_stand(shop: Stage) -> None:
    waiting = {row["order_id"] for row in PLAN.files["verifications"] if not row["completed_at"]}
    refunded = {row["order_id"] for row in PLAN.files["refunds"]}
    wanted = [
        (
            row["order_id"],
            row["customer_id"],
            sum(int(line["quantity"]) for line in PLAN.files["order_lines"] if line["order_id"] == row["order_id"]),
            row["total"],
            "refunded"
            if row["order_id"] in refunded
            else "cancelled"
            if row["financial_status"] == "voided"
            else "pending_verification"
            if row["order_id"] in waiting
            else "completed",
        )
        for row in sorted(PLAN.files["orders"], key=lambda row: (row["ordered_at"], row["order_id"]), reverse=True)
        if row["is_test"] == "false"
    ]
    sql = """select order_id, customer_id, items, printf('%.2f', total_amount / 100), status
             from live_orders order by placed_at desc, order_id desc limit 200"""
    with duckdb.connect(str(shop.project.warehouse), read_only=True) as warehouse:
        assert warehouse.execute(sql).fetchall() == wanted[:200]
    assert {row[4] for row in wanted[:200]} == {"refunded", "cancelled", "pending_verification", "completed"}


# The endpoints that the document names


@pytest.fixture(scope="module")
def app(shop: Stage) -> Any:
    return make_app(shop.project, shop.clock)


def endpoint(app: Any, path: str, query: str = "") -> Any:
    """Return what an endpoint answers, with its numbers as they are written."""
    status, _, body = sent(app, f"/api/v1/dashboard/{path}", query)
    assert status == 200, body
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize(
    ("path", "metrics", "lists"),
    [
        ("revenue-today", {"revenue", "orders", "aov", "vs_7_day_average_pct"}, {"by_tier", "by_traffic_source"}),
        ("conversion-funnel", {"funnel_visitors", "funnel_orders", "conversion_rate_pct"}, {"sessions_by_traffic_source"}),
        ("top-products", {"inventory_turnover"}, {"by_revenue", "by_units", "by_margin", "lowest_by_revenue"}),
        (
            "customer-insights",
            {"first_time_buyers", "returning_buyers", "repeat_rate_90d_pct"},
            {"top_by_spend", "top_by_orders"},
        ),
        ("campaign-performance", {"email_open_rate_pct", "social_engagement_rate_pct", "roas"}, {"open_rate_by_campaign"}),
    ],
)
def test_a_documented_endpoint_answers_what_its_board_shows(
    app: Any, shop: Stage, path: str, metrics: set[str], lists: set[str]
) -> None:
    said = endpoint(app, path)
    assert (metrics <= set(said["metrics"]), lists <= set(said["lists"])) == (True, True)
    board = next(
        one.board
        for one in shop.desk().snapshot().catalog.boards.values()
        if one.board.endpoint and one.board.endpoint.replace("_", "-") == path
    )
    shown = [tile.answer for section in shop.desk().board(board.board).sections for tile in section.tiles]
    numbers = [one.value and Decimal(one.value) for one in shown if one.rows is None]
    assert [one["value"] for one in said["metrics"].values()] == numbers


def test_the_funnel_is_told_with_its_bottleneck(app: Any) -> None:
    steps = endpoint(app, "conversion-funnel")["funnel"]
    assert [one["kpi"] for one in steps] == ["funnel_visitors", "funnel_carts", "funnel_checkouts", "funnel_orders"]
    kept = [100 * steps[place]["value"] / steps[place - 1]["value"] for place in (1, 2, 3)]
    assert [
        abs(step["of_previous_pct"] - share) < Decimal("0.000001") for step, share in zip(steps[1:], kept, strict=True)
    ] == [True] * 3
    assert [one["bottleneck"] for one in steps].index(True) == 1 + kept.index(min(kept))


def test_the_timeframe_is_that_of_the_lists(app: Any, shop: Stage) -> None:
    week = endpoint(app, "top-products", "timeframe=7d&limit=3")["lists"]["by_revenue"]
    wanted = shop.ask("product_revenue", "7d", by="sku", top=3, at="yesterday")
    assert [(row["key"], row["value"]) for row in week["rows"]] == [
        (row.key, Decimal(row.value or "")) for row in wanted.rows or ()
    ]
    assert week["period"]["name"] == "7d"


def test_the_newest_orders_are_those_of_the_files(app: Any, files: duckdb.DuckDBPyConnection) -> None:
    rows = endpoint(app, "live-orders", "limit=20")["rows"]
    newest = files.execute(
        "select order_id, cast(total as decimal(18, 2)) from orders where is_test is distinct from 'true' "
        "order by cast(ordered_at as timestamptz) desc limit 20"
    ).fetchall()
    assert [(row["order_id"], row["total"]) for row in rows] == newest
    assert {row["status"] for row in rows} <= {"completed", "pending_verification", "pending_payment", "refunded", "cancelled"}

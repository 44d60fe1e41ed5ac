"""Lifetime, churn and net revenue retention at their edges: each month of a company is one, and has the promised answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from assay.api.app import make_app
from assay.catalog.contract import Question
from assay.clock import FixedClock
from assay.runtime.desk import Desk
from tests.asgi import sent
from tests.scenarios.shop import Stage

from . import edges
from .edges import told

NOBODY = (None, ["division_by_zero"])
"""There is nobody to retain."""
UNKNOWN = (None, ["no_lifetime"])
"""Nobody knows how long they stay."""
ANSWERS = {
    # month: churn, net revenue retention, lifetime value, paying customers of the start
    "2025-09": (NOBODY, NOBODY, UNKNOWN, 0),
    "2025-10": (NOBODY, NOBODY, UNKNOWN, 0),
    "2025-11": (("0", []), ("100", []), UNKNOWN, 1),
    "2025-12": (("100", []), ("0", []), UNKNOWN, 1),
    "2026-01": (NOBODY, NOBODY, UNKNOWN, 0),
    # One of two leaves. 12 + 8 = 20 at the start, + 3 - 8 = 15: 75 %. 15.00 a customer, 1 / 50 % = 2 months, at 80 %.
    "2026-02": (("50", []), ("75", []), ("24.00", []), 2),
    # Nobody of the start leaves. 15 at the start, - 4 = 11: ben, who is back at 9.00, retains nothing.
    "2026-03": (("0", []), ("73.333333", []), UNKNOWN, 1),
    # Of ana's 11 and ben's 9, ana's are there at both ends: 11 / 20. (11 + 6) / 2 = 8.50 a customer, 2 months, at 80 %.
    "2026-04": (("50", []), ("55", []), ("13.60", []), 2),
}
MOVES = {
    # month: start, new, reactivation, expansion, contraction, churn, end
    "2025-09": (0, 0, 0, 0, 0, 0, 0),
    "2025-10": (0, 10, 0, 0, 0, 0, 10),
    "2025-11": (10, 0, 0, 0, 0, 0, 10),
    "2025-12": (10, 0, 0, 0, 0, 10, 0),
    "2026-01": (0, 8, 12, 0, 0, 0, 20),
    "2026-02": (20, 0, 0, 3, 0, 8, 15),
    "2026-03": (15, 0, 9, 0, 4, 0, 20),
    "2026-04": (20, 6, 0, 0, 0, 9, 17),
}
WORDS = ("mrr_start", "mrr_new", "mrr_reactivation", "mrr_expansion", "mrr_contraction", "mrr_churn", "mrr")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Stage(edges.template(tmp_path_factory).fresh().folder, FixedClock(edges.NOW)).desk()


@pytest.mark.parametrize("month", edges.MONTHS)
def test_each_edge_has_the_answer_that_is_documented(desk: Desk, month: str) -> None:
    churn, retained, lifetime, customers = ANSWERS[month]
    found = {kpi: desk.ask(Question(kpi=kpi, period=month)) for kpi in ("churn_rate_pct", "nrr_pct", "clv")}
    assert {kpi: told(answer) for kpi, answer in found.items()} == {
        "churn_rate_pct": churn,
        "nrr_pct": retained,
        "clv": lifetime,
    }
    assert (found["churn_rate_pct"].n, found["nrr_pct"].n) == (customers, customers)


@pytest.mark.parametrize("month", edges.MONTHS)
def test_the_movements_of_each_edge_are_shown(desk: Desk, month: str) -> None:
    found = [desk.ask(Question(kpi=kpi, period=month)).value for kpi in WORDS]
    assert found == [f"{dollars}.00" for dollars in MOVES[month]]


def test_who_is_back_is_neither_new_nor_costs_an_acquisition_again(desk: Desk) -> None:
    """ana and ben came back in January and March; new were ben in January, and in March the shop's first buyer."""
    assert [desk.ask(Question(kpi="new_customers", period=month)).value for month in edges.MONTHS[4:]] == ["1", "0", "1", "1"]
    assert told(desk.ask(Question(kpi="cac", period="2026-02"))) == NOBODY
    assert desk.ask(Question(kpi="cac", period="2026-04")).value == "450.00"  # 30 days of 15.00, for cho alone


def test_without_customers_there_is_no_revenue_a_customer(desk: Desk) -> None:
    assert told(desk.ask(Question(kpi="arpu", period="2025-12"))) == NOBODY
    assert told(desk.ask(Question(kpi="retention_rate_pct", period="2025-12"))) == ("0", [])


def test_every_edge_of_the_handbook_is_a_month_here() -> None:
    """The months hold: no customers, all gone, one alone, the first month, changes of plan up and down, three ways back."""
    assert set(ANSWERS) == set(MOVES) == set(edges.MONTHS)
    for starts, new, back, more, less, gone, end in MOVES.values():
        assert starts + new + back + more - less - gone == end


def test_the_view_of_snapshots_says_what_the_endpoint_says_and_why_a_number_is_withheld(desk: Desk) -> None:
    """30 days end on 5 May: 29 of them with advertising, and nobody left in them but ben."""
    app = make_app(desk.project, desk.clock)
    said = json.loads(sent(app, "/api/kpi/historical", "days=3650")[2], parse_float=Decimal, parse_int=Decimal)
    with closing(sqlite3.connect(f"file:{desk.project.state}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "select snapshot_date, company_stage, kpi_type, kpi_value, metadata from kpi_snapshots order by 1, 2, 3"
        ).fetchall()
    answered = [
        (one["snapshot_date"], one["company_stage"], one["kpi_type"], one["kpi_value"], one["metadata"])
        for one in said["data"]["snapshots"]
    ]
    assert [(*row[:3], row[3] and Decimal(row[3]), json.loads(row[4], parse_int=Decimal)) for row in rows] == answered
    found = {(stage, name): (value, json.loads(metadata)) for _, stage, name, value, metadata in rows}
    assert {"cac", "clv", "runway"} <= {name for stage, name in found if stage == "early_stage"}
    by_kpi = {"clv": "clv", "cac": "cac", "gross_margin": "gross_margin_pct", "runway": "runway_months"}
    for name, kpi in by_kpi.items():
        answer, (value, metadata) = desk.ask(Question(kpi=kpi, period="30d")), found["early_stage", name]
        assert value == answer.value
        assert [one["code"] for one in metadata["reasons"]] == ([] if value else [one.code for one in answer.reasons])
    assert found["early_stage", "runway"][0] is None  # nobody keeps the books of cash here

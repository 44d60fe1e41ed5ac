"""Orders of every kind, worked out by hand: tests, voided, cancelled, partly refunded, charged back; and empty days."""

from __future__ import annotations

import pytest

from tests.scenarios.server import Server

TENTH = {
    "gross_revenue": "435.00",  # 100 + 80 + 60 + 120 + 75; nothing was captured for o4, o8 and o9, and o5 is a test
    "paid_orders": "5",  # o1 o2 o3 o6 o7, whatever was given back since
    "customers": "5",  # c1 c2 c3 c5 c6
    "total_orders": "8",  # all but the test o5: voided and cancelled orders are orders
    "aov": "87.00",  # 435 / 5
    "refunds": "0.00",
    "total_revenue": "435.00",
}
BY_DAY = {
    ("refunds", "2026-02-11"): "150.00",  # 30 + 120; the test's 40 are out
    ("refunds", "2026-02-12"): "135.00",  # 60 and the chargeback of 75
    ("total_revenue", "2026-02-11"): "-150.00",
    ("total_revenue", "2026-02-12"): "-135.00",
    ("gross_revenue", "2026-02-01..2026-02-13"): "465.00",  # 10 + 435 + 20
    ("refunds", "2026-02-01..2026-02-13"): "291.00",  # 5 + 150 + 135 + 1
    ("total_revenue", "2026-02-01..2026-02-13"): "174.00",
    ("aov", "2026-02-01..2026-02-13"): "66.43",  # 465 / 7, half even
}


@pytest.mark.parametrize("kpi", TENTH)
def test_each_kind_of_order_counts_where_it_belongs(mixed_server: Server, kpi: str) -> None:
    reply = mixed_server.kpi(kpi, period="2026-02-10")
    assert reply.status == 200
    assert reply.json["value"] == TENTH[kpi]
    assert reply.json["data_quality"] == "actual"


@pytest.mark.parametrize(("kpi", "period"), BY_DAY)
def test_money_given_back_counts_on_the_day_it_is_given_back(mixed_server: Server, kpi: str, period: str) -> None:
    answer = mixed_server.stage.cli("get", kpi, "--period", period, "--format", "json").json
    assert float(answer["value"]) == pytest.approx(float(BY_DAY[kpi, period]), abs=0.005)


def test_a_covered_day_without_orders_has_zero_orders_and_no_average(mixed_server: Server) -> None:
    assert mixed_server.kpi("total_orders", period="2026-02-05").json["value"] == "0"
    average = mixed_server.kpi("aov", period="2026-02-05").json
    assert average["value"] is None
    assert [reason["code"] for reason in average["reasons"]] == ["division_by_zero"]
    assert mixed_server.stage.cli("get", "aov", "--period", "2026-02-05").status == 3


def test_after_an_empty_last_week_there_is_no_percentage(mixed_server: Server) -> None:
    growth = mixed_server.kpi("revenue_growth_wow_pct", period="2026-02-10").json
    assert growth["value"] is None
    assert [reason["code"] for reason in growth["reasons"]] == ["no_base"]
    compared = mixed_server.kpi("total_revenue", period="2026-02-10", compare="same_day_last_week").json["comparison"]
    assert compared["change_pct"] is None
    assert compared["change"] == "435.00"


def test_a_last_week_that_nothing_covers_is_not_an_empty_one(mixed_server: Server) -> None:
    growth = mixed_server.kpi("revenue_growth_wow_pct", period="2026-02-04").json
    assert growth["value"] is None
    assert "not_covered" in [reason["code"] for reason in growth["reasons"]]
    compared = mixed_server.kpi("total_revenue", period="2026-02-04", compare="same_day_last_week").json["comparison"]
    assert (compared["change"], compared["change_pct"]) == (None, None)
    assert compared["reason"]["sentence"]


def test_a_day_that_no_file_covers_is_withheld_and_not_zero(mixed_server: Server) -> None:
    answer = mixed_server.kpi("total_orders", period="2026-02-20").json
    assert (answer["value"], answer["data_quality"]) == (None, "insufficient_data")
    assert [reason["code"] for reason in answer["reasons"]] == ["not_covered"]
    assert answer["reasons"][0]["repair"].startswith("assay ")


def test_one_of_one_is_shown_with_its_n_and_alarms_nobody(mixed_server: Server) -> None:
    answer = mixed_server.kpi("fulfillment_rate_pct", period="2026-02-01").json
    assert (answer["value"], answer["n"], answer["breaches"]) == ("100", 1, [])
    assert "small_sample" in [reason["code"] for reason in answer["reasons"]]


def test_a_rate_of_zero_that_stands_on_few_orders_alarms_nobody(mixed_server: Server) -> None:
    # On the tenth, of the seven orders that are neither test, voided nor cancelled, o1 alone left, and too late: 0 of 6 or 7.
    answer = mixed_server.kpi("fulfillment_rate_pct", period="2026-02-10").json
    assert answer["n"] < 10
    assert answer["breaches"] == []


def test_the_command_line_and_http_give_the_same_answer(mixed_server: Server) -> None:
    questions: list[dict[str, str]] = [
        {"period": "2026-02-10"},
        {"period": "2026-02-05"},
        {"period": "2026-02", "compare": "previous"},
        {"period": "all"},
    ]
    for kpi in ("total_revenue", "aov", "fulfillment_rate_pct", "low_stock_items"):
        for question in questions:
            options = [part for name, value in question.items() for part in (f"--{name}", value)]
            said = mixed_server.stage.cli("get", kpi, *options, "--format", "json")
            assert said.json == mixed_server.kpi(kpi, **question).json, (kpi, question)


def test_what_no_file_tells_is_withheld_and_names_the_missing_stream(mixed_server: Server) -> None:
    answer = mixed_server.stage.ask("low_stock_items", "2026-02-10")
    assert answer.value is None
    assert ("no_data", "inventory_levels") in {(reason.code, reason.input) for reason in answer.reasons}

"""What sources do wrong, through the real path: landing, dbt, checks, publication, answer. A wrong number is never shown."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.scenarios.shop import Stage, Template, publish_template, settings_of
from tests.soundness.sources import FIRST, LAST, days, land, land_day, levels_of, noon, orders_of, payments_of

NEXT = LAST + timedelta(days=1)
AFTER = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""An hour after the end of 1 March in the shop."""


STOCK = "counted_products"
STOCK_KPIS = """
kpi: counted_products
label: Counted products
definition: Products in the stock count.
unit: count
direction: up
owner: ops
kind: stock
model: fct_inventory
time: counted_on
entity: [sku, location]
formula: count(distinct sku)
dimensions: [category, location]
---
kpi: alarms
label: Alarms
definition: Products of which all places together hold too little.
unit: count
direction: down
owner: ops
kind: stock
model: fct_inventory
time: counted_on
entity: [sku, location]
formula: count(distinct sku) filter (where alert_severity = 'critical')
dimensions: [category, location]
"""


@pytest.fixture(scope="session")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Two months of thirty payments a day, delivered by the shop in one load, and stock counts of two places."""
    template = publish_template(tmp_path_factory.mktemp("fed"), {"packs": []}, {})
    stage = Stage(template.stage)
    stage.write("kpis/stock.yml", STOCK_KPIS)
    stage.clock.instant = datetime(2026, 3, 1, 9, tzinfo=UTC)
    whole = days()
    land(stage, "orders", [one for day in whole for one in orders_of(day)], whole)
    land(stage, "payments", [one for day in whole for one in payments_of(day)], whole)
    land(stage, "refunds", [], whole)
    for place in ("reno", "los-angeles"):
        land(stage, "inventory_levels", [one for day in whole for one in levels_of(day, place)], whole, shard=place)
    land(stage, "order_lines", [], whole)
    land(stage, "products", [], whole)
    stage.run()
    shutil.rmtree(template.kept)
    shutil.copytree(template.stage, template.kept, symlinks=True)
    return template


@pytest.fixture
def stage(fed: Template) -> Stage:
    made = fed.fresh()
    made.clock.instant = AFTER
    return made


def test_the_shop_of_these_tests_is_sound(stage: Stage) -> None:
    stage.clock.instant = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for day in (FIRST, LAST):
        answer = stage.ask("gross_revenue", f"{day}")
        assert (answer.value, answer.reasons) == ("300.00", ())


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        pytest.param(lambda record: record.pop("amount"), "schema_payments", marks=pytest.mark.slow),
        (lambda record: record.update(amount_total=record.pop("amount")), "schema_payments"),
        pytest.param(lambda record: record.update(amount=10.0), "schema_payments", marks=pytest.mark.slow),
        (lambda record: record.update(amount="1000"), "amounts_payments"),
        pytest.param(lambda record: record.update(customer_id=None), "nulls_payments", marks=pytest.mark.slow),
    ],
    ids=["a field vanishes", "a field is renamed", "a field changes its type", "cents for dollars", "a field is empty"],
)
def test_a_day_whose_records_changed_is_withheld_and_the_others_stay(stage: Stage, fault: Any, check: str) -> None:
    bent = payments_of(NEXT)
    for _, _, record in bent:
        fault(record)
    land_day(stage, NEXT, bent)
    stage.run()
    answer = stage.ask("gross_revenue", f"{NEXT}")
    assert answer.value is None
    assert check in {reason.input for reason in answer.reasons}
    assert stage.value("gross_revenue", f"{LAST}") == "300.00"
    assert stage.value("total_orders", f"{LAST}") == "30"
    land_day(stage, NEXT)
    stage.run()
    assert (stage.value("gross_revenue", f"{NEXT}"), stage.codes("gross_revenue", f"{NEXT}")) == ("300.00", [])


def test_a_day_of_hardly_any_payments_is_withheld_with_all_that_rests_on_it_until_it_is_accepted(stage: Stage) -> None:
    land_day(stage, NEXT, payments_of(NEXT, 2))
    stage.run()
    for kpi in ("gross_revenue", "total_revenue", "aov"):
        answer = stage.ask(kpi, f"{NEXT}")
        assert answer.value is None, kpi
    reason = next(one for one in stage.ask("gross_revenue", f"{NEXT}").reasons if one.input == "volume_payments")
    assert (reason.code, reason.sentence[:27]) == ("check_failed", "2 payments on 2026-03-01; o")
    assert stage.value("total_orders", f"{NEXT}") == "30"  # rests on other records
    settings_of(stage, accepted=[{"check": "volume_payments", "first": NEXT, "because": "the till was closed"}])
    stage.run()
    assert "volume_payments" not in {one.input for one in stage.ask("gross_revenue", f"{NEXT}").reasons}


def test_a_truncated_delivery_withholds_its_days_and_says_both_numbers(stage: Stage) -> None:
    land_day(stage, NEXT, payments_of(NEXT, 25), expected_rows=30)
    stage.run()
    answer = stage.ask("gross_revenue", f"{NEXT}")
    assert answer.value is None
    assert [reason.code for reason in answer.reasons][:1] == ["count_mismatch"]
    assert "25 rows came, but shop counts 30" in answer.reasons[0].sentence
    assert answer.last_good is not None
    land(stage, "payments", payments_of(NEXT), [NEXT], expected_rows=30)
    stage.run()
    assert stage.value("gross_revenue", f"{NEXT}") == "300.00"


def test_an_event_72_hours_late_restates_its_own_local_day(stage: Stage) -> None:
    stage.clock.instant = noon(LAST) + timedelta(hours=72, minutes=-5)
    evening = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)  # 23:30 of 28 February in the shop, 1 March in UTC
    for stream, record in (("payments", payments_of(LAST)[0]), ("orders", orders_of(LAST)[0])):
        key, _, payload = record
        told = {name: value for name, value in payload.items() if name not in ("paid_at", "ordered_at")}
        told |= {"payment_id": "late", "order_id": "late", "paid_at": evening.isoformat(), "ordered_at": evening.isoformat()}
        kept = {name: told[name] for name in payload}
        land(stage, stream, [(f"late-{key}", evening, kept)])
    stage.run()
    assert stage.value("gross_revenue", f"{LAST}") == "310.00"
    changed = [row for row in stage.restatements() if row[:2] == ("gross_revenue", "day")]
    assert [(row[2], row[3], row[4], row[5]) for row in changed] == [(f"{LAST}", "300.00", "310.00", "late data")]


def test_a_source_that_falls_silent_has_no_data_and_never_a_zero(stage: Stage) -> None:
    stage.clock.instant = AFTER + timedelta(days=4)
    stage.run()
    for period in (f"{NEXT}", "day", "yesterday", "7d"):
        answer = stage.ask("gross_revenue", period)
        assert answer.value is None, period
        assert {reason.code for reason in answer.reasons} <= {"not_covered", "too_old"}, period
        assert answer.breaches == ()
        assert answer.freshness == "critical"
    assert stage.value("gross_revenue", f"{LAST}") == "300.00"


def test_a_silent_place_withholds_the_total_and_its_own_slice_alone(stage: Stage) -> None:
    land_day(stage, NEXT)
    land(stage, "order_lines", [], [NEXT])
    land(stage, "products", [], [NEXT])
    for later in (NEXT, NEXT + timedelta(days=1), NEXT + timedelta(days=2)):
        stage.clock.instant = AFTER + timedelta(days=(later - NEXT).days)
        land(stage, "orders", orders_of(later), [later])
        land(stage, "payments", payments_of(later), [later])
        land(stage, "order_lines", [], [later])
        land(stage, "products", [], [later])
        land(stage, "inventory_levels", levels_of(later, "los-angeles"), [later], shard="los-angeles")
    stage.run()
    asked = NEXT + timedelta(days=2)
    total = stage.ask(STOCK, f"{asked}")
    assert total.value is None
    assert [reason.code for reason in total.reasons] == ["shard_silent"]
    assert total.reasons[0].sentence.startswith("reno has not delivered")
    rows = stage.ask(STOCK, f"{asked}", by="location").rows or ()
    assert [(row.key, row.value) for row in rows] == [("los-angeles", "2"), ("reno", None)]
    assert [reason.code for reason in rows[1].reasons] == ["shard_silent"]
    assert stage.ask(STOCK, f"{asked}", by="category").rows == ()
    alerts = stage.ask("alarms", f"{asked}", by="location")
    assert alerts.rows == ()  # a product's cover counts what all places hold
    settings_of(stage, streams={"inventory_levels": {"retired": {"reno": NEXT}}})
    stage.run()
    assert stage.value(STOCK, f"{asked}") == "2"


def a_file(stage: Stage, rows: list[str], *options: str) -> Any:
    heading = "payment_id,order_id,customer_id,amount,currency,paid_at"
    stage.write("files/payments.csv", "\n".join([heading, *rows]) + "\n")
    return stage.cli("import", str(stage.folder / "files/payments.csv"), "--as", "payments", "--no-refresh", *options)


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ('"12,34"', "USD", "an amount that is not a plain number"),
        pytest.param("1e3", "USD", "an amount that is not a plain number", marks=pytest.mark.slow),
        pytest.param("-5.00", "USD", "a negative amount", marks=pytest.mark.slow),
        ("5.00", "XXQ", "a currency other than USD"),
        pytest.param("5.00", "dollars", "an unknown currency", marks=pytest.mark.slow),
        pytest.param("5.001", "USD", "more decimal places than USD has", marks=pytest.mark.slow),
    ],
)
def test_money_that_cannot_be_read_is_set_apart_and_its_total_withheld(
    stage: Stage, amount: str, currency: str, why: str
) -> None:
    rows = [f"f{n},o{n},c{n},10.00,USD,{NEXT} 10:0{n}" for n in range(5)]
    ran = a_file(stage, [*rows, f"f9,o9,c9,{amount},{currency},{NEXT} 11:00"])
    assert ran.status == 0, ran.err
    assert "Rejected: 1 rows" in ran.out
    assert why in ran.out
    land(stage, "orders", orders_of(NEXT), [NEXT])
    stage.run()
    answer = stage.ask("gross_revenue", f"{NEXT}")
    assert answer.value is None
    assert [reason.code for reason in answer.reasons][:1] == ["not_covered"]
    assert "were rejected" in answer.reasons[0].sentence


def test_a_file_says_by_its_manifest_how_many_rows_there_are(stage: Stage) -> None:
    rows = [f"f{n},o{n},c{n},10.00,USD,{NEXT} 10:0{n}" for n in range(5)]
    stage.write("files/payments.csv.manifest.json", f'{{"rows": 5, "days": {{"{NEXT}": 6}}}}')
    ran = a_file(stage, rows)
    assert f"The source counts 6 rows on {NEXT}, the file has 5: that day is not complete." in ran.out
    short = a_file(stage, rows, "--rows", "7", "--replace")
    assert "The source counts 7 rows, the file has 5: it completes nothing." in short.out
    stage.run()
    assert "count_mismatch" in stage.codes("gross_revenue", f"{NEXT}")


def test_a_currency_that_the_shop_does_not_count_in_is_never_added_up(stage: Stage) -> None:
    yen = payments_of(NEXT)
    yen[0][2].update(currency="JPY", amount="1500")
    land_day(stage, NEXT, yen)
    stage.run()
    answer = stage.ask("gross_revenue", f"{NEXT}")
    assert answer.value is None
    assert any("payments_in_shop_currency" in (reason.sentence or "") for reason in answer.reasons)
    assert stage.value("gross_revenue", f"{date(2026, 2, 1)}") == "300.00"


def test_a_shop_that_moves_keeps_its_history(stage: Stage) -> None:
    stage.clock.instant = datetime(2026, 3, 1, 9, tzinfo=UTC)
    early = datetime(2026, 2, 11, 7, 30, tzinfo=UTC)  # 23:30 of the 10th in Los Angeles, 02:30 of the 11th in New York
    for stream, record in (("payments", payments_of(LAST)[0]), ("orders", orders_of(LAST)[0])):
        payload = record[2] | {
            name: early.isoformat()
            if name.endswith("_at") and value
            else "early"
            if name in ("payment_id", "order_id")
            else value
            for name, value in record[2].items()
        }
        land(stage, stream, [("early", early, payload)])
    stage.run()
    before = {day: stage.value("gross_revenue", day) for day in ("2026-02-10", "2026-02-11", "2026-02")}
    assert before == {"2026-02-10": "310.00", "2026-02-11": "300.00", "2026-02": "8410.00"}
    told = stage.restatements()
    moved = [{"zone": "America/Los_Angeles"}, {"zone": "America/New_York", "from": "2026-02-20T05:00:00+00:00"}]
    settings_of(stage, timezone=moved)
    stage.run()
    assert {day: stage.value("gross_revenue", day) for day in before} == before
    assert [row for row in stage.restatements() if row not in told and row[2] < "2026-02-19"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("currency", "amounts", "total", "refused"),
    [("JPY", ("1500", "3"), "1503", "2.5"), ("KWD", ("1.005", "0.001"), "1.006", "0.0001")],
)
def test_a_currency_of_no_or_three_decimals_is_exact(
    tmp_path_factory: pytest.TempPathFactory, currency: str, amounts: tuple[str, ...], total: str, refused: str
) -> None:
    template = publish_template(tmp_path_factory.mktemp(currency), {"packs": [], "currency": currency}, {})
    stage = Stage(template.stage)
    stage.clock.instant = AFTER
    heading = "order_id,customer_id,ordered_at,total,currency"
    lines = [f"o{n},c{n},{NEXT} 10:0{n},{amount},{currency}" for n, amount in enumerate(amounts)]
    taken = stage.take("orders.csv", "\n".join([heading, *lines]) + "\n", "orders")
    assert taken.rejected == ()
    stage.run()
    assert stage.value("gross_revenue", f"{NEXT}") == total
    rest = stage.take(
        "more.csv", f"{heading}\no9,c9,{NEXT} 11:00,{refused},{currency}\no8,c8,{NEXT} 11:05,1,{currency}\n", "orders"
    )
    assert [one.reason for one in rest.rejected] == [f"an amount with more decimal places than {currency} has (total)"]
    stage.run()
    assert stage.value("gross_revenue", f"{NEXT}") is None

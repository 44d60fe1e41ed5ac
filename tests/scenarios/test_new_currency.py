"""The shop changes its currency: what was published stays as it was, and what comes is in the new one."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.scenarios.data import HEADINGS
from tests.scenarios.shop import Stage, settings_of

EUROS_FROM_MARCH = [{"currency": "USD"}, {"currency": "EUR", "from": "2026-03-01"}]
FEBRUARY = "4606.00"


def of_the_shop(stage: Stage) -> dict[tuple[str, ...], tuple[str | None, int]]:
    """Return what the ledger says of the days until February's last, but for Assay's own measurements."""
    own = stage.of_itself()
    return {key: row for key, row in stage.ledger().items() if key[0] not in own and key[3] < "2026-03-01"}


def test_a_new_currency_leaves_the_past_as_it_was_and_never_meets_it(plain: Stage) -> None:
    before, january = of_the_shop(plain), plain.cli("get", "gross_revenue", "--period", "2026-02").out
    assert january.startswith("Gross revenue: $4,606.00")
    settings_of(plain, currency=EUROS_FROM_MARCH)
    assert "Run `assay refresh`" in plain.cli("get", "gross_revenue").err
    plain.run()
    assert of_the_shop(plain) == before
    assert plain.restatements() == []

    plain.clock.instant = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    order = "{},c0,2026-03-01T20:00:00+00:00,{},paid,false,,{}\n"
    rows = f"{HEADINGS},currency\n{order.format('E1', '80.00', 'EUR')}"
    foreign = plain.take("foreign.csv", rows + order.format("E2", "5.00", "USD"), "orders")
    assert [one.reason for one in foreign.rejected] == ["a currency other than EUR, for which no rate is known"]
    plain.run()
    assert plain.ask("gross_revenue", "2026-03-01").value is None  # one of its rows was rejected
    plain.take("euros.csv", rows, "orders", replace=True)
    plain.run()

    assert plain.cli("get", "gross_revenue", "--period", "2026-03-01").out.startswith("Gross revenue: €80.00")
    assert plain.cli("get", "gross_revenue", "--period", "2026-02").out.splitlines()[0] == january.splitlines()[0]
    spanning = plain.cli("get", "gross_revenue", "--period", "2026-02-28..2026-03-01")
    assert spanning.out.startswith("Gross revenue: –")
    assert "The shop's currency changed from USD to EUR (since 2026-03-01), and no rate is stated." in spanning.out
    assert plain.value("paid_orders", "2026-02-28..2026-03-01") == "3"
    assert plain.cli("history", "gross_revenue", "--last", "2").out.splitlines() == [
        "2026-02-28  178.00 USD",
        "2026-03-01   80.00 EUR",
    ]
    tile = plain.desk().board("operations").sections[0].tiles[0]
    assert (tile.answer.unit.currency, [point.value for point in tile.spark]) == ("EUR", ["80.00"])
    assert of_the_shop(plain) == before
    assert plain.restatements() == []


def test_a_stated_rate_joins_the_two(plain: Stage) -> None:
    settings_of(plain, currency=[EUROS_FROM_MARCH[0], {**EUROS_FROM_MARCH[1], "rate": "0.9"}])
    plain.clock.instant = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    plain.take("march.csv", f"{HEADINGS}\nE1,c0,2026-03-01T20:00:00+00:00,80.00,paid,false,\n", "orders")
    plain.run()
    answer = plain.ask("gross_revenue", "2026-02-28..2026-03-01")
    assert (answer.value, answer.display) == ("240.20", "€240.20")  # 178.00 x 0.9 + 80.00
    assert "currency_converted" in [reason.code for reason in answer.reasons]
    assert plain.value("gross_revenue", "2026-02") == FEBRUARY
    assert plain.restatements() == []

"""The checks of subscriptions, costs and cash fail on the fault that each is for, and on no honest data."""

from __future__ import annotations

from typing import Any

from .shop import Run, Shop

FACTS = (
    "fct_subscription_phases",
    "fct_sm_costs",
    "fct_operating_costs",
    "fct_cogs",
    "fct_recorded_revenue",
    "fct_cash_balances",
)
AT = "2026-03-02T18:00:00Z"
COST = {"currency": "USD", "cost_date": AT, "amount": "10.00"}


def check(shop: Shop) -> Run:
    """Build what the checks read, then run every check on it."""
    built = shop.dbt("run", "--select", *(f"+{name}" for name in FACTS))
    assert built.bad() == {}
    tested = [f"+{name},package:base" for name in FACTS]
    return shop.dbt(
        "test", "--select", *tested, "--exclude", "test_type:unit", "--indirect-selection", "cautious", "--store-failures"
    )


def failing(shop: Shop, name: str, column: str = "record_key") -> set[str]:
    """Return the rows that a check found."""
    return {str(row[0]) for row in shop.execute(f"select {column} from main_dbt_test__audit.{name}")}


def terms(name: str, starts: str = AT, **more: Any) -> dict[str, Any]:
    return {
        "subscription_id": name,
        "customer_id": f"of {name}",
        "starts_at": starts,
        "plan": "basic",
        "currency": "USD",
    } | more


def put(shop: Shop, stream: str, **records: dict[str, Any]) -> None:
    for key, record in records.items():
        shop.land(stream, record, key=key)


def test_honest_books_have_no_findings(project: Shop) -> None:
    project.clear()
    put(
        project,
        "subscriptions",
        s1=terms("s1", amount="10.00", ends_at="2026-05-01T00:00:00Z"),
        s1_later=terms("s1", "2026-04-01T00:00:00Z", plan="pro", amount="20.00", quantity="2", trial_ends_at="", ends_at=None),
        s2=terms("s2", cancelled_at="2026-03-10T00:00:00Z", ends_at="2026-04-02T00:00:00Z"),
        free=terms("free", amount="0"),
    )
    price = {"plan": "basic", "billing_interval": "month", "amount": "9.00", "currency": "USD"}
    put(project, "subscription_prices", p1=price | {"valid_from": "2026-01-01T00:00:00Z"}, p2=price | {"valid_from": AT})
    spend = {"platform": "Facebook", "campaign": "spring", "currency": "USD", "impressions": "5"}
    for day in range(1, 5):
        put(project, "spend", **{f"d{day}": spend | {"spend_date": f"2026-03-0{day}T08:00:00Z", "spend_cents": 1000}})
    put(
        project,
        "acquisition_costs",
        day={**COST, "cost_id": "day", "cost_type": "advertising", "channel": "meta", "amount": "11.00"},
        bill={
            **COST,
            "cost_id": "bill",
            "cost_type": "marketing",
            "channel": "meta",
            "amount": "40.00",
            "covers_from": AT,
            "covers_until": AT,
        },
        fair={**COST, "cost_id": "fair", "cost_type": "sales", "amount": "9000.00"},
    )
    put(project, "operating_costs", o1={**COST, "cost_id": "o1", "cost_type": "personnel"})
    put(project, "cogs_entries", e1={**COST, "entry_id": "e1", "cost_type": "hosting"})
    put(
        project,
        "revenue_tracking",
        r1={"revenue_id": "r1", "revenue_date": AT, "revenue_type": "usage", "amount": "5", "currency": "USD"},
    )
    balance = {"balance_date": AT, "currency": "USD"}
    put(
        project,
        "cash_balances",
        b1={**balance, "balance_id": "b1", "balance": "-5.00"},
        b2={**balance, "balance_id": "b2", "account": "savings", "balance": "7.00"},
    )
    assert check(project).bad() == {}


def test_each_fault_is_found_by_its_check(project: Shop) -> None:
    project.clear()
    put(
        project,
        "subscriptions",
        fine=terms("fine", amount="1.00"),
        backwards=terms("backwards", amount="1.00", ends_at="2026-03-01T00:00:00Z"),
        no_end=terms("no_end", amount="1.00", cancelled_at="2026-03-10T00:00:00Z"),
        no_time=terms("no_time", amount="1.00", paused_at="soon"),
        words=terms("words", amount="12,00"),
        negative=terms("negative", amount="-1.00"),
        euro=terms("euro", amount="1.00", currency="EUR"),
        priceless=terms("priceless", plan="unheard of"),
        mine=terms("shared", amount="1.00"),
        yours=terms("shared", "2026-03-05T18:00:00Z", amount="1.00", customer_id="another"),
        odd=terms("odd", amount="1.00", billing_interval="fortnight"),
    )
    price = {"plan": "basic", "billing_interval": "month", "currency": "USD", "valid_from": AT}
    put(project, "subscription_prices", p1=price | {"amount": "9.00"}, p2=price | {"amount": "8.00"})
    spend = {"platform": "meta", "campaign": "spring", "currency": "USD", "spend_cents": 1000}
    put(project, "spend", d1=spend | {"spend_date": AT}, d2=spend | {"spend_date": "2026-03-03T18:00:00Z", "clicks": "-1"})
    put(
        project,
        "acquisition_costs",
        bill={**COST, "cost_id": "bill", "cost_type": "advertising", "channel": "paid social", "amount": "90.00"},
        backwards={
            **COST,
            "cost_id": "backwards",
            "cost_type": "sales",
            "covers_from": AT,
            "covers_until": "2026-03-01T00:00:00Z",
        },
        negative={**COST, "cost_id": "negative", "cost_type": "sales", "amount": "-1"},
        party={**COST, "cost_id": "party", "cost_type": "party"},
    )
    put(project, "operating_costs", negative={**COST, "cost_id": "o1", "cost_type": "personnel", "amount": "-3.00"})
    put(project, "cogs_entries", words={**COST, "entry_id": "e1", "cost_type": "hosting", "amount": "ten"})
    put(
        project,
        "revenue_tracking",
        odd={"revenue_id": "r1", "revenue_date": AT, "revenue_type": "gift", "amount": "5", "currency": "USD"},
    )
    balance = {"balance_date": AT, "currency": "USD", "balance": "1.00"}
    put(project, "cash_balances", b1=balance | {"balance_id": "b1"}, b2=balance | {"balance_id": "b2", "account": "main"})
    run = check(project)
    assert failing(project, "subscriptions_are_readable") == {"backwards", "no_end", "no_time", "words", "negative", "yours"}
    assert failing(project, "subscriptions_in_shop_currency") == {"euro"}
    assert failing(project, "subscription_phases_have_prices", "subscription_id") == {"words", "euro", "priceless", "odd"}
    assert failing(project, "price_list_is_unambiguous", "plan") == {"basic"}
    assert failing(project, "spend_is_readable") == {"d2"}
    assert failing(project, "advertising_says_its_days", "cost_id") == {"bill"}
    assert failing(project, "acquisition_costs_name_their_days", "cost_id") == {"backwards"}
    assert failing(project, "acquisition_cost_amounts_are_readable") == {"negative"}
    assert failing(project, "operating_cost_amounts_are_readable") == {"negative"}
    assert failing(project, "cogs_amounts_are_readable") == {"words"}
    assert failing(project, "cash_is_counted_once") == {"b1", "b2"}
    types = {name.split("_stg_")[1].split("__")[0] for name in run.bad() if name.startswith("accepted_values_stg_")}
    assert types == {"subscriptions_billing_interval", "acquisition_costs_cost_type", "revenue_tracking_revenue_type"}

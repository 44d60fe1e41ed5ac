"""What the planted rows of a growing company come to: Python over the rows, sharing nothing with the product."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from . import planted_growth as planted
from .planted_startup import MOMENT, start_of, total

PLAN = planted.plan()
BOOKS = PLAN.books
Number = Fraction | int | None
DAY = timedelta(days=1)


def day_of(moment: datetime) -> date:
    """Return the shop's winter day of an instant."""
    return (moment - timedelta(hours=8)).date()


def cents(amount: str) -> int:
    """Return an amount of a file in cents."""
    whole, _, rest = amount.partition(".")
    return int(whole) * 100 + int(f"{rest:0<2}" or 0)


ORDERS = {
    row["order_id"]: row
    for row in PLAN.files["orders"]
    if row["is_test"] == "false" and row["financial_status"] in ("paid", "partially_refunded", "refunded")
}
BACK = [
    (day_of(row["refunded_at"]), cents(row["amount"]), row["reason"])
    for row in PLAN.files["refunds"]
    if row["order_id"] in ORDERS
]
ADS = [
    (row["spend_date"], {"Facebook Ads": "meta"}.get(row["platform"], row["platform"].lower()), row["campaign"], row)
    for row in PLAN.files["spend"]
]
SEEN = {(row["user_id"], day_of(row["occurred_at"])) for row in PLAN.files["events"] if row["user_id"]}
USED = {(row["feature"], row["user_id"], day_of(row["occurred_at"])) for row in PLAN.files["events"] if row["feature"]}
CALLS = [(day_of(row["occurred_at"]), row["status"]) for row in PLAN.files["events"] if row["name"] == "api_call"]


def ways() -> dict[str, tuple[str, str]]:
    """Return the medium and the campaign of the session in which each order was placed."""
    led: dict[str, tuple[str, str]] = {}
    for row in PLAN.files["events"]:
        if row["utm_medium"]:
            led[row["session_id"]] = (row["utm_medium"], row["utm_campaign"])
    bought = {row["order_id"]: row["session_id"] for row in PLAN.files["events"] if row["order_id"]}
    return {order: led.get(session, ("", "")) for order, session in bought.items()}


WAYS = ways()
PAID = ("cpc", "paid_social")


def won() -> dict[str, tuple[datetime, str | None]]:
    """Return when each customer was won, and by which order; None where a subscription came first."""
    found: dict[str, tuple[datetime, str | None]] = {}
    moments = {moment for one in BOOKS.terms for moment in (one.starts, one.trial_ends, one.resumes) if moment}
    firsts = [(moment, customer, None) for moment in moments for customer in BOOKS.worth(moment)]
    orders = [(row["ordered_at"], row["customer_id"], order) for order, row in ORDERS.items() if row["customer_id"]]
    for moment, customer, order in [*firsts, *orders]:
        if customer not in found or moment < found[customer][0]:
            found[customer] = (moment, order)
    return found


WON = won()


def divided(top: Number, bottom: Number) -> Fraction | None:
    """Return the quotient; None where a side is unknown or the divisor nothing."""
    return None if top is None or not bottom else Fraction(top) / Fraction(bottom)


def captured(first: date, last: date, channel: str | None = None) -> Fraction:
    rows = [row for row in ORDERS.values() if first <= day_of(row["ordered_at"]) <= last]
    return Fraction(sum(cents(row["total"]) for row in rows if channel in (None, row["channel"])), 100)


def given_back(first: date, last: date, *reasons: str) -> Fraction:
    return Fraction(sum(c for day, c, reason in BACK if first <= day <= last and (not reasons or reason in reasons)), 100)


def sold(first: date, last: date) -> Fraction:
    return captured(first, last) - given_back(first, last)


def ads(what: str, first: date, last: date, platform: str | None = None, campaign: str | None = None) -> int:
    return sum(
        row[what]
        for day, named, of, row in ADS
        if first <= day <= last and platform in (None, named) and campaign in (None, of)
    )


def spent(first: date, last: date, **only: str) -> Fraction:
    return Fraction(ads("spend_cents", first, last, **only), 100)


def paid_revenue(first: date, last: date, campaign: str | None = None) -> Fraction:
    found = [
        cents(row["total"])
        for order, row in ORDERS.items()
        if first <= day_of(row["ordered_at"]) <= last
        and WAYS.get(order, ("", ""))[0] in PAID
        and campaign in (None, WAYS[order][1])
    ]
    return Fraction(sum(found), 100)


def new_customers(first: date, last: date) -> int:
    return sum(first <= day_of(moment) <= last for moment, _ in WON.values())


def paid_new_customers(first: date, last: date, campaign: str | None = None) -> int:
    orders = [order for moment, order in WON.values() if order and first <= day_of(moment) <= last]
    found = [WAYS[order] for order in orders if WAYS.get(order, ("", ""))[0] in PAID]
    return sum(campaign in (None, of) for _, of in found)


def cac(first: date, last: date) -> Fraction | None:
    return divided(Fraction(BOOKS.sm_costs(first, last), 100), new_customers(first, last))


def cac_change(first: date, last: date) -> Fraction | None:
    week = last - 6 * DAY
    now, before = cac(week, last), cac(week - 7 * DAY, week - DAY)
    return None if now is None or before is None else divided(100 * (now - before), before)


def mrr_growth(first: date, last: date) -> Fraction | None:
    before = sum(BOOKS.worth(start_of(first) - MOMENT).values())
    after = sum(BOOKS.worth(start_of(last + DAY) - MOMENT).values())
    return divided(100 * (after - before), before)


def users(first: date, last: date) -> set[str]:
    return {user for user, day in SEEN if first <= day <= last}


def month_of(last: date) -> tuple[date, date]:
    """Return the 30 days that end with a day."""
    return last - 29 * DAY, last


def engagement(_: date, last: date) -> Fraction | None:
    daily = [len(users(day, day)) for day in (last - n * DAY for n in range(30))]
    return divided(100 * Fraction(sum(daily), 30), len(users(*month_of(last))))


def adoption(_: date, last: date, feature: str | None = None) -> Fraction | None:
    first, last = month_of(last)
    used = {user for named, user, day in USED if first <= day <= last and feature in (None, named)}
    return divided(100 * len(used), len(users(first, last)))


def error_rate(first: date, last: date) -> Fraction | None:
    statuses = [status for day, status in CALLS if first <= day <= last]
    if None in statuses:
        return None
    return divided(100 * sum(status >= 400 for status in statuses), len(statuses))


def revenue(first: date, last: date) -> Fraction:
    refunds = total(BOOKS.revenue, first, last, kinds=["refund"])
    return Fraction(total(BOOKS.revenue, first, last) - 2 * refunds, 100)


def expenses(first: date, last: date) -> Fraction:
    other = total(BOOKS.costs, first, last, kinds=["other"])
    return Fraction(total(BOOKS.running, first, last) + other + BOOKS.sm_costs(first, last), 100)


def fixed(first: date, last: date) -> Fraction:
    return expenses(first, last) - Fraction(total(BOOKS.cogs, first, last), 100)


def break_even(first: date, last: date) -> Fraction | None:
    """Return the break-even revenue of one whole month."""
    earned = revenue(first, last)
    margin = divided(earned - Fraction(total(BOOKS.cogs, first, last), 100), earned)
    return None if margin is None or margin <= 0 or fixed(first, last) <= 0 else fixed(first, last) / margin


def gap(first: date, last: date) -> Fraction | None:
    needed = break_even(first, last)
    return None if needed is None else needed - revenue(first, last)


def three_months_before(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 4, 12)
    return date(year, month + 1, 1)


def added(first: date, last: date) -> Fraction:
    """Return how much a month's revenue grew a month over the last three; the days are one whole month."""
    before = three_months_before(first)
    return (revenue(first, last) - revenue(before, (before + 31 * DAY).replace(day=1) - DAY)) / 3


def months_left(first: date, last: date) -> Fraction | None:
    missing = gap(first, last)
    if missing is None or missing <= 0:
        return missing and Fraction(0)
    return divided(missing, max(added(first, last), Fraction(0)))


def retained(cohort: date, since: int) -> Fraction | None:
    """Return how many of those who signed up in a month did anything so many months later, in percent."""
    who = {row["user_id"] for row in PLAN.files["users"] if day_of(row["signed_up_at"]).replace(day=1) == cohort}
    year, month = divmod(cohort.year * 12 + cohort.month - 1 + since, 12)
    there = {user for user, day in SEEN if (day.year, day.month) == (year, month + 1)}
    return divided(100 * len(who & there), len(who))


EXPECTED: dict[str, Callable[[date, date], Number]] = {
    "revenue_30d": lambda _, last: sold(last - 29 * DAY, last),
    "revenue_90d": lambda _, last: sold(last - 89 * DAY, last),
    "revenue_365d": lambda _, last: sold(last - 364 * DAY, last),
    "chargebacks": lambda first, last: given_back(first, last, "chargeback", "Chargeback"),
    "mrr_growth_rate_pct": mrr_growth,
    "api_calls": lambda first, last: sum(first <= day <= last for day, _ in CALLS),
    "api_error_rate_pct": error_rate,
    "active_users": lambda first, last: len(users(first, last)),
    "mau": lambda _, last: len(users(*month_of(last))),
    "engagement_pct": engagement,
    "feature_adoption_pct": adoption,
    "cpc": lambda first, last: divided(spent(first, last), ads("clicks", first, last)),
    "cpa": lambda first, last: divided(spent(first, last), ads("conversions", first, last)),
    "paid_new_customers": paid_new_customers,
    "paid_cac": lambda first, last: divided(spent(first, last), paid_new_customers(first, last)),
    "unearned_spend": lambda first, last: spent(first, last) - paid_revenue(first, last),
    "cac_vs_last_week_pct": cac_change,
    # what the pack shows of `base`, over rows that the tests of other packs do not have
    "total_revenue": sold,
    "ad_spend": spent,
    "paid_revenue": paid_revenue,
    "roas": lambda first, last: divided(paid_revenue(first, last), spent(first, last)),
    "new_customers": new_customers,
    "cac": cac,
    "signups": lambda first, last: sum(first <= day_of(row["signed_up_at"]) <= last for row in PLAN.files["users"]),
}
OF_A_MONTH: dict[str, Callable[[date, date], Number]] = {
    "fixed_costs": fixed,
    "break_even_revenue": break_even,
    "break_even_gap": gap,
    "revenue_added_a_month": added,
    "months_to_break_even": months_left,
}
"""Worked out here for whole months alone."""


def by_key(kpi: str, by: str, first: date, last: date) -> dict[str | None, Number]:
    """Return what a list says: by key."""
    found: dict[str | None, Number]
    if kpi == "gross_revenue":
        channels = {row["channel"] for row in ORDERS.values() if first <= day_of(row["ordered_at"]) <= last}
        found = {channel or None: captured(first, last, channel) for channel in channels}
    elif kpi == "feature_adoption_pct":
        found = {feature: adoption(first, last, feature) for feature in planted.FEATURES}
    else:
        keys: set[str] = {
            campaign if by == "campaign" else platform for day, platform, campaign, _ in ADS if first <= day <= last
        }
        found = {key: _of_ads(kpi, first, last, **{by: key}) for key in keys}
    return found


def _of_ads(kpi: str, first: date, last: date, **only: Any) -> Number:
    money = spent(first, last, **only)
    match kpi:
        case "ad_spend":
            return money
        case "cpc":
            return divided(money, ads("clicks", first, last, **only))
        case "cpa":
            return divided(money, ads("conversions", first, last, **only))
        case "roas":
            return divided(paid_revenue(first, last, **only), money)
        case _:
            return divided(money, paid_new_customers(first, last, **only))


def months(first: date, last: date) -> Iterable[date]:
    """Yield the first day of every month from one to another."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = (day + 31 * DAY).replace(day=1)

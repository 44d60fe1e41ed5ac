"""The KPIs of a young company, from planted files to answers, against arithmetic that shares nothing with the product."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from assay.catalog.contract import Question
from assay.clock import FixedClock
from assay.runtime.entries import record
from assay.runtime.importing import take_file
from assay.runtime.setup import init
from assay.values.answer import Answer
from tests.scenarios.shop import Stage, Template, keep, share

from . import planted_startup as planted
from .planted import rounded, shown
from .planted_startup import BOOKS, FIRST, NOW, TODAY, plan, start_of, total

PLAN = plan()
DAY = timedelta(days=1)
SPANS = {
    "2025-12": (date(2025, 12, 1), date(2025, 12, 31)),
    "2026-01": (date(2026, 1, 1), date(2026, 1, 31)),
    "2026-02": (date(2026, 2, 1), date(2026, 2, 28)),
    "2025-12-15..2026-02-10": (date(2025, 12, 15), date(2026, 2, 10)),
    "2026-02-20": (date(2026, 2, 20), date(2026, 2, 20)),
}


MONTHS = [(date(2025, 11, 1), date(2025, 11, 30)), *(SPANS[name] for name in ("2025-12", "2026-01", "2026-02"))]
"""The months that are over."""


@pytest.fixture(scope="session")
def young(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return a published company with the planted rows, at noon of 1 March."""

    def publish(folder: Path) -> Template:
        stage = Stage(folder / "shop", FixedClock(NOW))
        init(stage.folder, {"name": "Young", "timezone": "America/Los_Angeles", "currency": "USD", "packs": ["startup"]})
        for kind, text in planted.files(PLAN).items():
            file = stage.write(f"files/{kind}.csv", text)
            first = BOOKS if kind in ("acquisition_costs", "cogs_entries") else FIRST
            span = None if kind == "subscription_prices" else f"{first}..{TODAY}"
            summary = take_file(stage.project, stage.clock, file, kind, (), None, span, replace=False, append=False)
            assert not summary.rejected
        for number, (day, account, cents) in enumerate(PLAN.cash):
            values = {"balance_date": f"{day}", "account": account, "balance": f"{Decimal(cents) / 100}"}
            record(stage.project, stage.clock, "cash_balances", values, f"b{number}")
        stage.run()
        return keep(stage)

    return share(tmp_path_factory, "young", publish)


@pytest.fixture(scope="module")
def company(young: Template) -> Stage:
    """Return the company for tests that only read."""
    return Stage(young.fresh().folder, FixedClock(NOW))


def months(first: date, last: date) -> Fraction:
    """Return how many months the days are."""
    lengths = {(2025, 11): 30, (2025, 12): 31, (2026, 1): 31, (2026, 2): 28, (2026, 3): 31}
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return sum((Fraction(1, lengths[day.year, day.month]) for day in days), Fraction(0))


def moved(word: str) -> Callable[[date, date], Fraction | None]:
    return lambda first, last: Fraction(sum(PLAN.moves(first, last)[word].values()), 100)


def heads(word: str, first: date, last: date) -> int:
    return len(PLAN.moves(first, last)[word])


def divided(top: Fraction | int | None, bottom: Fraction | int | None) -> Fraction | None:
    return None if top is None or not bottom else Fraction(top) / Fraction(bottom)


def at_end(first: date, last: date, **how: bool) -> dict[str, int]:
    return PLAN.worth(start_of(last + DAY) - planted.MOMENT, **how)


def revenue(first: date, last: date) -> Fraction:
    given_back = total(PLAN.revenue, first, last, kinds=["refund"])
    return Fraction(total(PLAN.revenue, first, last) - 2 * given_back, 100)


def cogs(first: date, last: date) -> Fraction:
    return Fraction(total(PLAN.cogs, first, last), 100)


def sm_costs(first: date, last: date) -> Fraction:
    return Fraction(PLAN.sm_costs(first, last), 100)


def spent(first: date, last: date) -> Fraction:
    other = total(PLAN.costs, first, last, kinds=["other"])
    return Fraction(total(PLAN.running, first, last) + other, 100) + sm_costs(first, last)


def cash(_: date, last: date) -> Fraction:
    newest = {account: (day, cents) for day, account, cents in PLAN.cash if day <= last}
    return Fraction(sum(cents for _, cents in newest.values()), 100)


def margin(first: date, last: date) -> Fraction | None:
    return divided(100 * (revenue(first, last) - cogs(first, last)), revenue(first, last))


def churn(first: date, last: date) -> Fraction | None:
    return divided(100 * heads("churn", first, last), heads("start", first, last))


def cac(first: date, last: date) -> Fraction | None:
    return divided(sm_costs(first, last), PLAN.won(first, last))


def per_customer(first: date, last: date) -> Fraction | None:
    worth = at_end(first, last)
    return divided(Fraction(sum(worth.values()), 100), len(worth))


def clv(first: date, last: date) -> Fraction | None:
    stays = divided(months(first, last) * heads("start", first, last), heads("churn", first, last))
    each, share_of = per_customer(first, last), margin(first, last)
    return None if stays is None or each is None or share_of is None else each * stays * share_of / 100


def payback(first: date, last: date) -> Fraction | None:
    each, share_of, cost = per_customer(first, last), margin(first, last), cac(first, last)
    return None if each is None or share_of is None or cost is None else divided(cost, max(each * share_of / 100, Fraction(0)))


def kept(*words: str) -> Callable[[date, date], Fraction | None]:
    """Return what the customers of the start are worth, with and without these movements, in percent."""

    def worked_out(first: date, last: date) -> Fraction | None:
        signs = {"expansion": 1, "contraction": -1, "churn": -1}
        found = PLAN.moves(first, last)
        start = sum(found["start"].values())
        return divided(100 * (start + sum(signs[word] * sum(found[word].values()) for word in words)), start)

    return worked_out


def quick(first: date, last: date) -> Fraction | None:
    found = {word: sum(rows.values()) for word, rows in PLAN.moves(first, last).items()}
    return divided(found["new"] + found["expansion"] + found["reactivation"], found["contraction"] + found["churn"])


def runway(first: date, last: date) -> Fraction | None:
    burn = (spent(first, last) - revenue(first, last)) / months(first, last)
    return divided(cash(first, last), max(burn, Fraction(0)))


def typed(*kinds: str) -> Callable[[date, date], Fraction | None]:
    return lambda first, last: Fraction(total(PLAN.revenue, first, last, kinds=kinds), 100)


EXPECTED: dict[str, Callable[[date, date], Fraction | int | None]] = {
    "mrr_start": moved("start"),
    "mrr": moved("end"),
    "mrr_new": moved("new"),
    "mrr_expansion": moved("expansion"),
    "expansion_revenue": moved("expansion"),
    "mrr_contraction": moved("contraction"),
    "mrr_churn": moved("churn"),
    "mrr_reactivation": moved("reactivation"),
    "mrr_with_trials": lambda first, last: Fraction(sum(at_end(first, last, trials=True).values()), 100),
    "mrr_at_notice": lambda first, last: Fraction(sum(at_end(first, last, notice=True).values()), 100),
    "arr": lambda first, last: Fraction(12 * sum(at_end(first, last).values()), 100),
    "nrr_pct": kept("expansion", "contraction", "churn"),
    "grr_pct": kept("contraction", "churn"),
    "quick_ratio": quick,
    "active_customers": lambda first, last: len(at_end(first, last, trials=True)),
    "paying_customers": lambda first, last: len(at_end(first, last)),
    "new_customers": PLAN.won,
    "churn_rate_pct": churn,
    "retention_rate_pct": lambda first, last: None if (lost := churn(first, last)) is None else 100 - lost,
    "monthly_churn_pct": lambda first, last: divided(churn(first, last), months(first, last)),
    "mrr_per_customer": per_customer,
    "arpu": lambda first, last: divided(revenue(first, last), len(at_end(first, last, trials=True))),
    "arpu_paying": lambda first, last: divided(revenue(first, last), len(at_end(first, last))),
    "revenue": revenue,
    "revenue_before_refunds": typed("subscription", "upsell", "expansion", "one_time", "usage"),
    "one_time_revenue": typed("one_time"),
    "usage_revenue": typed("usage"),
    "upsell_revenue": typed("upsell", "expansion"),
    "cogs": cogs,
    "gross_profit": lambda first, last: revenue(first, last) - cogs(first, last),
    "gross_margin_pct": margin,
    "sm_costs": sm_costs,
    "other_acquisition_costs": lambda first, last: Fraction(total(PLAN.costs, first, last, kinds=["other"]), 100),
    "operating_costs": lambda first, last: Fraction(total(PLAN.running, first, last), 100),
    "operating_expenses": spent,
    "months_in_period": months,
    "burn_rate": lambda first, last: spent(first, last) / months(first, last),
    "net_burn": lambda first, last: (spent(first, last) - revenue(first, last)) / months(first, last),
    "cash": cash,
    "runway_months": runway,
    "cac": cac,
    "clv": clv,
    "clv_cac_ratio": lambda first, last: divided(clv(first, last), cac(first, last)),
    "cac_payback_months": payback,
    "sales_efficiency": lambda first, last: divided(moved("new")(first, last), sm_costs(first, last)),
}


@pytest.mark.parametrize("period", SPANS)
def test_every_number_is_what_the_planted_rows_come_to(company: Stage, period: str) -> None:
    wrong, desk = {}, company.desk()
    for kpi, worked_out in EXPECTED.items():
        expected, got = worked_out(*SPANS[period]), desk.ask(Question(kpi=kpi, period=period))
        if shown(got.value) != (None if expected is None else rounded(expected)):
            wrong[kpi] = (got.value, expected and float(expected), got.reasons)
    assert wrong == {}


def test_the_plan_holds_every_case() -> None:
    """What is not planted is not tested: each movement, a trial, a notice, a pause, a price of the list, spend told twice."""
    found = PLAN.moves(*SPANS["2025-12-15..2026-02-10"])
    assert all(found.values())
    assert any(one.trial_ends for one in PLAN.terms)
    assert any(one.paused for one in PLAN.terms)
    assert any(one.notice and one.ends and one.notice < one.ends for one in PLAN.terms)
    assert any(one.cents is None for one in PLAN.terms)
    everything = sum(cents for *_, cents in PLAN.spend) + total(PLAN.costs, FIRST, TODAY)
    assert PLAN.sm_costs(FIRST, TODAY) < everything - total(PLAN.costs, FIRST, TODAY, kinds=["other"])


@pytest.mark.parametrize("period", SPANS)
def test_the_movements_add_up_from_start_to_end(company: Stage, period: str) -> None:
    found = {
        word: Decimal(company.value(f"mrr_{word}" if word != "end" else "mrr", period) or "nan")
        for word in ("start", "new", "reactivation", "expansion", "contraction", "churn", "end")
    }
    gained = found["new"] + found["reactivation"] + found["expansion"]
    assert found["start"] + gained - found["contraction"] - found["churn"] == found["end"]


def test_every_kpi_of_the_pack_is_worked_out_here_or_has_no_planted_rows(company: Stage) -> None:
    kpis = company.desk().snapshot().catalog.kpis
    of_the_pack = {name for name, kpi in kpis.items() if kpi.pack == "startup" or kpi.contract.shared}
    assert of_the_pack - set(EXPECTED) == {
        "billed_usage",
        "signups",
        "churn_rate_at_notice_pct",
        "subscription_revenue",
        "logo_retention_by_month_pct",
        "revenue_retention_by_month_pct",
    }


def test_churn_at_notice_counts_who_has_said_that_they_leave(company: Stage) -> None:
    first, last = SPANS["2026-02"]
    was = PLAN.worth(start_of(first) - planted.MOMENT, notice=True)
    now = at_end(first, last, notice=True)
    expected = Fraction(100 * len(set(was) - set(now)), len(was))
    assert shown(company.value("churn_rate_at_notice_pct", "2026-02")) == rounded(expected)
    assert expected != churn(first, last)


def test_a_number_without_an_answer_says_what_that_means(company: Stage) -> None:
    days = [date(2025, 12, 10) + n * DAY for n in range(80)]
    earning = next(day for day in days if revenue(day, day) >= spent(day, day))
    assert company.codes("runway_months", f"{earning}") == ["not_burning"]
    loyal = next(day for day in days if not heads("churn", day, day) and revenue(day, day) > 0 and heads("start", day, day))
    assert company.codes("clv", f"{loyal}") == ["no_lifetime"]
    nobody = next(day for day in days if not PLAN.won(day, day))
    assert company.codes("cac", f"{nobody}") == ["division_by_zero"]


def test_the_target_of_a_lifetime_by_its_cost_is_three(company: Stage) -> None:
    target = company.ask("clv_cac_ratio", "2026-02").target
    assert target is not None
    assert Decimal(target.low or 0) == 3


def test_the_boards_answer_every_tile(company: Stage) -> None:
    for board in ("early_stage", "mid_stage", "mrr"):
        tiles = [tile for section in company.desk().board(board).sections for tile in section.tiles]
        assert tiles
        assert {tile.answer.kpi: [r.code for r in tile.answer.reasons] for tile in tiles if tile.answer.value is None} == {}


def months_later(at: datetime, count: int) -> datetime:
    """Return the same time of a later month, on its last day where it has no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 + count, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def charges(first: date, last: date) -> int:
    """Return what is charged on these days: each time that an interval begins on which the terms are in force."""
    cents = 0
    for one in PLAN.terms:
        begins = [max(one.starts, one.trial_ends or one.starts), one.resumes]
        for begin in (at for at in begins if at is not None):
            for number in range(12):
                at = months_later(begin, number * planted.MONTHS[one.interval])
                pause = one.paused is not None and begin < one.paused <= at
                if PLAN.in_force(one.subscription, at) is one and not pause and first <= planted.day_of(at) <= last:
                    cents += one.price * one.quantity
    return cents


@pytest.mark.parametrize("period", SPANS)
def test_dated_prices_charge_as_each_interval_begins(company: Stage, period: str) -> None:
    assert shown(company.value("subscription_revenue", period)) == rounded(Fraction(charges(*SPANS[period]), 100))


def test_cohorts_are_followed_month_by_month(company: Stage) -> None:
    with duckdb.connect(str(company.project.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select customer_id, cohort_on, months_since_cohort, month_on, retained, monthly from fct_subscription_cohorts"
        ).fetchall()
    expected = set()
    for customer, days in PLAN.paying_days().items():
        cohort = min(days).replace(day=1)
        for since, month in enumerate(sorted({span[0].replace(day=1) for span in MONTHS if span[0] >= cohort})):
            last = month.replace(day=monthrange(month.year, month.month)[1])
            worth = at_end(month, last).get(customer, 0)
            expected.add((customer, cohort, since, last, int(worth > 0), worth))
    assert set(rows) == expected
    assert len(rows) == len(expected) > 60


def estimated(stage: Stage, kpi: str, period: str) -> Answer:
    return stage.desk().ask(Question(kpi=kpi, period=period), allow_estimates=True)


def test_what_reaches_beyond_the_books_is_withheld_and_says_what_to_do(company: Stage) -> None:
    later = Stage(company.folder, FixedClock(NOW + 4 * DAY))
    for kpi, kind in (("sm_costs", "acquisition_costs"), ("operating_costs", "operating_costs"), ("cac", "acquisition_costs")):
        answer = later.ask(kpi, "2026-02-10..2026-03-01")
        found = {reason.input: reason for reason in answer.reasons}
        assert (answer.value, found[kind].code) == (None, "not_covered")
        assert f"`assay record {kind} --complete`" in (found[kind].repair or "")
        assert later.ask(kpi, "2026-02").value is not None


def test_a_window_that_is_open_is_not_taken_from_costs_of_the_day_before_yesterday(company: Stage) -> None:
    soon, later = (Stage(company.folder, FixedClock(NOW + hours)) for hours in (timedelta(hours=7), timedelta(hours=25)))
    assert soon.ask("cac", "30d").value is not None
    assert (later.ask("cac", "30d").value, later.codes("cac", "30d")) == (None, ["too_old"])


def test_cash_is_known_from_the_first_balance_that_was_recorded(company: Stage) -> None:
    assert company.ask("cash", "2025-11-09").value is None
    assert company.ask("runway_months", "2025-11-04..2025-11-09").value is None
    assert company.ask("cash", "2025-11-10").value is not None
    old = Stage(company.folder, FixedClock(NOW + 40 * DAY))
    assert old.ask("cash", "day").value is None


def test_without_books_there_is_no_number_and_an_estimate_is_asked_for_and_says_so(company: Stage) -> None:
    """Costs are kept from December on: of November no cost of acquisition and no margin is known."""
    period = "2025-11-10..2025-11-30"
    first, last = date(2025, 11, 10), date(2025, 11, 30)
    for kpi in ("cac", "gross_margin_pct", "clv", "burn_rate", "clv_cac_ratio"):
        assert (company.ask(kpi, period).value, company.ask(kpi, period).data_quality.value) == (None, "insufficient_data")
    assert PLAN.won(first, last)
    guessed = {kpi: estimated(company, kpi, period) for kpi in ("cac", "gross_margin_pct", "sales_efficiency", "arpu")}
    assert {kpi: one.data_quality.value for kpi, one in guessed.items()} == {
        "cac": "estimated",
        "gross_margin_pct": "estimated",
        "sales_efficiency": "estimated",
        "arpu": "actual",
    }
    assert Decimal(guessed["cac"].value or 0) == 100
    assert Decimal(guessed["gross_margin_pct"].value or 0) == 80
    assert "Estimated by 100 * new_customers." in [reason.sentence for reason in guessed["cac"].reasons]
    assert estimated(company, "cac", "2026-02").data_quality.value == "actual"


def test_what_nobody_ever_loaded_is_withheld_and_asks_for_it(company: Stage) -> None:
    for kpi, stream in (("signups", "users"), ("billed_usage", "billing_usage")):
        assert [(one.code, one.input) for one in company.ask(kpi, "2026-02").reasons] == [("no_data", stream)]


def test_streams_that_are_not_in_use_are_not_waited_for(company: Stage) -> None:
    """Nothing of payments, refunds or orders was loaded: revenue is recorded, and customers are won through subscriptions."""
    snapshot = company.desk().snapshot()
    assert snapshot.catalog.models["fct_revenue"].either == (("revenue_tracking",), ("payments", "refunds"))
    models = snapshot.generation.models
    assert models["fct_revenue"].streams == ("revenue_tracking",)
    assert set(models["fct_customer_acquisitions"].streams) == {"subscription_prices", "subscriptions"}
    assert set(models["fct_sm_costs"].streams) == {"acquisition_costs", "spend"}

"""The alerts of the pack `growth` at their borders: rows in, breaches out, as the contracts' own examples are worked out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assay.catalog.contract import Question
from assay.catalog.entry import Catalog, inputs_of
from assay.runtime import examples
from assay.runtime.answers.answering import Answerer, period_of
from assay.runtime.answers.direct import DirectPartials
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.wiring import open_warehouse
from assay.trust.verdict import Judge
from assay.values.answer import Answer
from tests.packs.test_examples import SHIPPED, shop

PACK, MONTH = "growth", "2026-02"
TODAY = date(2026, 2, 28)
DAY = f"{TODAY}"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return SHIPPED


def asked(shipped: Catalog, folder: Path, kpi: str, period: str, rows: Rows) -> Answer:
    """Answer a question as the pack's board does, the day after these rows are all that there is."""
    project, one = shop(folder), shipped.kpis[kpi]
    named = [kpi, *(name for alert in one.alerts for name in inputs_of(alert.condition) if name in shipped.kpis)]
    models = {model for name in named for model in examples._models(shipped.kpis[name], shipped)}
    engine = open_warehouse(project)
    try:
        for model in models:
            examples._fill(engine, shipped.models[model], rows.get(model, []))
        now = project.calendar.end_of(TODAY)
        generation = examples._everything_known(sorted(models), shipped, now)
        judge = Judge(generation, project.calendar, now)
        evaluator = Evaluator(shipped, DirectPartials(engine), judge, currencies=project.currencies, at=now)
        question = Question(kpi=kpi, period=period)
        span, cut = period_of(question, one, TODAY, evaluator)
        return Answerer(evaluator, lambda _name, _period: None).answer(question, span, cut, PACK)
    finally:
        engine.close()


def phase(customer: str, cents: int, begins: str = "2025-11-01", ends: str | None = None) -> dict[str, Any]:
    until = {"ends_at": f"{ends}T20:00:00Z", "left_at": f"{ends}T20:00:00Z"} if ends else {}
    begun = {"starts_on": begins, "starts_at": f"{begins}T20:00:00Z"}
    return {
        "subscription_id": f"{customer}-{begins}",
        "customer_id": customer,
        **begun,
        **until,
        "is_trial": False,
        "monthly": cents,
    }


def shrunk(cents: int) -> Rows:
    """Recurring revenue of 1,000.00 at the start of the month, of `cents` at its end."""
    return {"fct_subscription_phases": [phase("ana", 100_000, ends="2026-02-10"), phase("ana", cents, "2026-02-10")]}


def left(lost: int, of: int) -> Rows:
    gone = [phase(f"g{n}", 100, ends="2026-02-10") for n in range(lost)]
    return {"fct_subscription_phases": [*gone, *(phase(f"s{n}", 100) for n in range(of - lost))]}


def called(errors: int, calls: int) -> Rows:
    status = [500] * errors + [200] * (calls - errors)
    row = {"occurred_on": DAY, "name": "api_call"}
    return {
        "fct_events": [{**row, "event_id": f"e{n}", "status": code, "is_error": code >= 400} for n, code in enumerate(status)]
    }


def won(cents: int) -> Rows:
    """A customer for 20.00 in the week before, one for `cents` in the last."""
    cost = {"origin": "recorded", "cost_type": "marketing"}
    return {
        "fct_sm_costs": [
            {**cost, "cost_id": "c1", "cost_on": "2026-02-16", "amount": 2000},
            {**cost, "cost_id": "c2", "cost_on": "2026-02-23", "amount": cents},
        ],
        "fct_customer_acquisitions": [
            {"customer_id": "ana", "acquired_on": "2026-02-21", "acquired_through": "payment"},
            {"customer_id": "ben", "acquired_on": "2026-02-22", "acquired_through": "payment"},
        ],
    }


def advertised(spent: int, earned: int) -> Rows:
    way = {"traffic_source": "paid", "campaign": "spring", "is_test": False, "is_voided": False}
    return {
        "fct_spend": [
            {"source": "s", "record_key": "k", "spent_on": DAY, "platform": "meta", "campaign": "spring", "amount": spent}
        ],
        "fct_attributed_payments": [{"payment_id": "p", "order_id": "o", "paid_on": DAY, "amount": earned, **way}],
    }


CASES = [
    ("mrr", MONTH, shrunk(94_999), "mrr_drops"),
    ("mrr", MONTH, shrunk(95_000), None),
    ("churn_rate_pct", MONTH, left(3, 36), "churn_is_high"),  # 8.33 %
    ("churn_rate_pct", MONTH, left(2, 25), None),  # 8 %
    ("api_error_rate_pct", DAY, called(3, 200), "api_errors"),
    ("api_error_rate_pct", DAY, called(2, 200), None),
    ("api_error_rate_pct", DAY, called(2, 99), None),  # a small sample pages nobody
    ("cac_vs_last_week_pct", DAY, won(3001), "cac_spikes"),
    ("cac_vs_last_week_pct", DAY, won(3000), None),
    ("unearned_spend", DAY, advertised(1_000_001, 1_000_000), "ad_spend_without_revenue"),
    ("unearned_spend", DAY, advertised(1_000_001, 1_000_001), None),  # the spend came back
    ("unearned_spend", DAY, advertised(1_000_000, 0), None),
    ("unearned_spend", MONTH, advertised(1_000_001, 0), None),  # it speaks of a day
]


@pytest.mark.parametrize(
    ("kpi", "period", "rows", "fires"), CASES, ids=[f"{one[0]} {place}" for place, one in enumerate(CASES)]
)
def test_an_alert_fires_beyond_its_threshold_and_not_at_it(
    kpi: str, period: str, rows: Rows, fires: str | None, shipped: Catalog, tmp_path: Path
) -> None:
    answer = asked(shipped, tmp_path, kpi, period, rows)
    assert answer.value is not None, answer.reasons
    assert [(one.alert, one.severity) for one in answer.breaches] == ([(fires, "high")] if fires else [])


def test_an_alert_about_two_numbers_names_both(shipped: Catalog, tmp_path: Path) -> None:
    (breach,) = asked(shipped, tmp_path, "unearned_spend", DAY, advertised(1_200_050, 40_001)).breaches
    assert breach.sentence == (
        "$12,000.50 were spent on advertisements in a day, and orders to which they led brought $400.01."
    )
    assert breach.condition == "ad_spend > 10000 and paid_revenue < ad_spend"

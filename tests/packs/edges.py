"""A company of three customers whose months are the edges of lifetime, churn and net revenue retention, and what it advertises.

| month | what happens |
|---|---|
| September | nobody has ever paid |
| October | ana is the first customer, 10.00 a month |
| November | ana alone, and she stays |
| December | ana leaves: everybody is gone |
| January | ana comes back at 12.00, ben is new at 8.00 |
| February | ana changes to 15.00 on the tenth, ben leaves on the twentieth |
| March | ben comes back at 9.00, ana changes to 11.00 on the twelfth |
| April | ana leaves on the fifth and is back on the twentieth, ben leaves, cho is new at 6.00 |

Every month has 100.00 of revenue and 20.00 of costs of what was sold, so a margin of 80 %. Advertising costs 15.00 a day from
1 March on, and every day one order of 45.00 comes through an advertisement.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assay.clock import FixedClock
from assay.runtime.importing import take_file
from assay.runtime.setup import init
from assay.values.answer import Answer
from tests.scenarios.shop import Stage, Template, keep, share

NOW = datetime(2026, 5, 5, 19, tzinfo=UTC)
"""Noon of the fifth of May in the shop: what advertising cost in April has settled."""
FIRST, ADVERTISED, LAST = date(2025, 5, 1), date(2026, 3, 1), date(2026, 5, 4)
MONTHS = ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]

SUBSCRIPTIONS = """subscription_id,customer_id,starts_at,ends_at,plan,amount
a1,ana,2025-10-05T20:00:00Z,2025-12-20T20:00:00Z,solo,10.00
a2,ana,2026-01-10T20:00:00Z,,solo,12.00
a2,ana,2026-02-10T20:00:00Z,,team,15.00
a2,ana,2026-03-12T20:00:00Z,2026-04-05T20:00:00Z,small,11.00
a3,ana,2026-04-20T20:00:00Z,,small,11.00
b1,ben,2026-01-15T20:00:00Z,2026-02-20T20:00:00Z,solo,8.00
b2,ben,2026-03-05T20:00:00Z,2026-04-10T20:00:00Z,solo,9.00
c1,cho,2026-04-15T20:00:00Z,,solo,6.00
"""
BOARD = """board: advertising
label: Advertising
sections: [{label: Advertising, tiles: [{kpi: ad_spend}, {kpi: roas}]}]
"""
SPENT = {("meta", "spring"): 1000, ("meta", "brand"): 100, ("tiktok", "spring"): 400}
"""Cents a day, by platform and campaign."""
SPEND_HEAD = "spend_date,platform,campaign,spend_cents"


def spend(day: date, **restated: int) -> str:
    """Return the lines of a day, with other cents for some of the campaigns: meta_spring=1250."""
    lines = [
        f"{day},{platform},{campaign},{restated.get(f'{platform}_{campaign}', cents)}"
        for (platform, campaign), cents in SPENT.items()
    ]
    return "\n".join(lines) + "\n"


def _days() -> list[date]:
    return [ADVERTISED + timedelta(days=n) for n in range((LAST - ADVERTISED).days + 1)]


def files() -> dict[str, str]:
    """Return each file by its kind."""
    revenue = [f"r{month},{month}-15,one_time,100.00" for month in MONTHS]
    cogs = [f"e{month},{month}-15,hosting,20.00" for month in MONTHS]
    orders = [f"o{day},k1,{day}T19:00:00Z,45.00" for day in _days()]
    events = [f"v{day},{day}T19:00:00Z,purchase,s{day},x1,google,cpc,spring,o{day}" for day in _days()]
    events_head = "event_id,occurred_at,name,session_id,visitor_id,utm_source,utm_medium,utm_campaign,order_id"
    return {
        "subscriptions": SUBSCRIPTIONS,
        "revenue_tracking": "\n".join(["revenue_id,revenue_date,revenue_type,amount", *revenue]),
        "cogs_entries": "\n".join(["entry_id,cost_date,cost_type,amount", *cogs]),
        "acquisition_costs": "cost_id,cost_date,cost_type,amount\nx1,2025-09-15,other,5.00\n",
        "spend": f"{SPEND_HEAD}\n" + "".join(map(spend, _days())),
        "orders": "\n".join(["order_id,customer_id,ordered_at,total", *orders]),
        "events": "\n".join([events_head, *events]),
    }


def template(factory: pytest.TempPathFactory) -> Template:
    """Return the published company, made once for all tests."""

    def publish(folder: Path) -> Template:
        stage = Stage(folder / "shop", FixedClock(NOW))
        init(stage.folder, {"name": "Edges", "timezone": "America/Los_Angeles", "currency": "USD", "packs": ["startup"]})
        stage.write("boards/advertising.yml", BOARD)
        for kind, text in files().items():
            take(stage, kind, text, f"{FIRST}..{LAST}")
        stage.run()
        return keep(stage)

    return share(factory, "edges", publish)


def take(stage: Stage, kind: str, text: str, covers: str | None = None, *, replace: bool = False) -> list[str]:
    """Take a file in and return what the import says."""
    file = stage.write(f"files/{kind}-{stage.clock.instant:%d%H}.csv", text)
    summary = take_file(stage.project, stage.clock, file, kind, (), None, covers, replace=replace, append=False)
    assert not summary.rejected
    return summary.lines()


def told(answer: Answer) -> tuple[str | None, list[str]]:
    """Return the value and the codes of the reasons."""
    return answer.value, [reason.code for reason in answer.reasons]

"""A platform restates what a day cost, twenty days back: the number changes and says so, and both versions are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from assay.api.app import make_app
from tests.asgi import sent
from tests.scenarios.shop import Stage

from . import edges
from .edges import SPEND_HEAD, spend, take, told

DAY = date(2026, 4, 15)
"""Twenty days before the fifth of May."""
EMPTY, BACK, FEWER = date(2026, 4, 13), date(2026, 4, 14), date(2026, 4, 16)
"""Restated to nothing; restated and back again; a day one of whose campaigns disappears."""
PERIODS = {"day": ("2026-04-15", "2026-04-15"), "week": ("2026-W16", "2026-04-13"), "month": ("2026-04", "2026-04-01")}


def without_brand(day: date) -> str:
    return "".join(line for line in spend(day).splitlines(keepends=True) if "brand" not in line)


@dataclass(frozen=True)
class Restated:
    """The company after its restatements, and what the import of each file said."""

    shop: Stage
    said: list[str]

    def at(self, restatement: int) -> str:
        """Return the instant of a restatement as a command takes it; 0 is that of the first publication."""
        return (edges.NOW + restatement * timedelta(hours=6)).isoformat()


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Restated:
    """Restate twice, six hours apart; the first time beside a file that does not replace its days. To be read only."""
    found = Restated(edges.template(tmp_path_factory).fresh(), [])
    found.shop.clock.instant = edges.NOW

    def restate(*files: str, replace: bool = False) -> None:
        found.shop.clock.instant += timedelta(hours=6)
        for text in files:
            found.said.append("\n".join(take(found.shop, "spend", f"{SPEND_HEAD}\n{text}", replace=replace)))
            found.shop.clock.instant += timedelta(seconds=1)
        found.shop.clock.instant -= timedelta(seconds=len(files))
        found.shop.run()

    nothing = spend(EMPTY, meta_spring=0, meta_brand=0, tiktok_spring=0)
    first = nothing + spend(BACK, meta_spring=1500) + spend(DAY, meta_spring=1250)
    restate(first, without_brand(FEWER))
    restate(spend(BACK) + spend(DAY, meta_spring=1400) + without_brand(FEWER), replace=True)
    found.said.append("\n".join(take(found.shop, "spend", f"{SPEND_HEAD}\n{first}")))
    return found


# Dollars of the day, the week and the month, as they were at first and after each restatement. A day was 15.00. First the
# 13th becomes 0, the 14th 20.00 and the 15th 17.50; then the 14th is 15.00 again, the 15th 19.00, and the 16th loses the
# brand's 1.00.
SPENT = {
    "day": ["15.00", "17.50", "19.00"],
    "week": ["105.00", "97.50", "93.00"],
    "month": ["450.00", "442.50", "438.00"],
}


def restatements(shop: Stage, kpi: str, grain: str) -> list[tuple[Any, ...]]:
    return [row[3:] for row in shop.restatements() if row[:3] == (kpi, grain, PERIODS[grain][1])]


@pytest.mark.parametrize("grain", PERIODS)
@pytest.mark.parametrize("kpi", ["ad_spend", "sm_costs", "cac"])
def test_each_restatement_says_what_it_was_what_it_is_and_why(restated: Restated, kpi: str, grain: str) -> None:
    """One customer was won in April, on the day itself: what it cost is all that was spent."""
    assert restatements(restated.shop, kpi, grain) == [(old, new, "correction") for old, new in pairwise(SPENT[grain])]


@pytest.mark.parametrize("grain", PERIODS)
def test_what_a_ratio_says_of_its_spend_moves_with_it(restated: Restated, grain: str) -> None:
    """45.00 a day came through advertisements."""
    days = {"day": 1, "week": 7, "month": 30}[grain]
    ratios = [f"{(45 * days / Decimal(spent)).quantize(Decimal('1.000000')).normalize():f}" for spent in SPENT[grain]]
    assert restatements(restated.shop, "roas", grain) == [(old, new, "correction") for old, new in pairwise(ratios)]


@pytest.mark.parametrize("grain", PERIODS)
def test_every_version_can_be_asked_for_as_of_its_time(restated: Restated, grain: str) -> None:
    period = PERIODS[grain][0]
    asked = ("get", "ad_spend", "--period", period, "--format", "json")
    then = [restated.shop.cli(*asked, "--as-of", restated.at(number)).json for number in range(3)]
    assert [(one["value"], one["generation"]) for one in then] == list(zip(SPENT[grain], (1, 2, 3), strict=True))
    assert restated.shop.value("ad_spend", period) == SPENT[grain][-1]
    app = make_app(restated.shop.project, restated.shop.clock)
    told = [
        json.loads(sent(app, "/api/v1/kpis/ad_spend", urlencode({"period": period, "as_of": restated.at(number)}))[2])
        for number in range(3)
    ]
    assert [one["value"] for one in told] == SPENT[grain]


def test_history_shows_the_newest_version_of_each_day(restated: Restated) -> None:
    points = {f"{one.start}": one for one in restated.shop.desk().history("ad_spend", "day", 40).points}
    changed = {"2026-04-13": ("0.00", 2), "2026-04-14": ("15.00", 3), "2026-04-15": ("19.00", 3), "2026-04-16": ("14.00", 3)}
    assert {day: (points[day].value, points[day].generation) for day in changed} == changed
    assert {one.value for day, one in points.items() if day not in changed} == {"15.00"}


def test_a_day_that_is_restated_back_to_its_first_value_says_both_times(restated: Restated) -> None:
    found = [row[3:5] for row in restated.shop.restatements() if row[:3] == ("ad_spend", "day", f"{BACK}")]
    assert found == [("15.00", "20.00"), ("20.00", "15.00")]


def test_a_reader_is_told_what_was_shown_until_then(restated: Restated) -> None:
    newest = restated.shop.cli("restatements", "ad_spend", "--format", "json").json
    day = [one for one in newest if (one["period"], one["start"]) == ("day", "2026-04-15")]
    assert [(one["old"], one["new"]) for one in day] == list(pairwise(SPENT["day"]))[::-1]
    assert [span["value"] for span in day[0]["shown"]] == ["17.50"]
    said = restated.shop.cli("restatements", "ad_spend").out
    assert "ad_spend  2026-04-15  15.00 → 17.50  correction  (generation 2)" in said


def test_no_other_day_moves(restated: Restated) -> None:
    days = {
        row[2] for row in restated.shop.restatements() if row[:2] in (("ad_spend", "day"), ("sm_costs", "day"), ("roas", "day"))
    }
    assert days == {"2026-04-13", "2026-04-14", "2026-04-15", "2026-04-16"}
    others = {row[:3] for row in restated.shop.restatements() if row[1] in ("week", "month")}
    assert {start for _, _, start in others} == {"2026-04-13", "2026-04-01"}


def test_spend_that_is_restated_to_nothing_leaves_no_return_on_it(restated: Restated) -> None:
    assert told(restated.shop.ask("ad_spend", "2026-04-13")) == ("0.00", [])
    assert told(restated.shop.ask("roas", "2026-04-13")) == (None, ["division_by_zero"])


def test_a_campaign_that_a_file_leaves_out_stays_until_the_file_replaces_its_days(restated: Restated) -> None:
    """The first says that the campaign stays, and how it goes; with --replace it is gone."""
    _, beside, replacing, *_ = restated.said
    assert "1 spend of these days, from earlier files, is not in this one and stays" in beside
    assert "--replace" in beside
    assert "stay" not in replacing


def test_a_file_that_was_taken_before_adds_nothing_and_says_that_later_ones_hold(restated: Restated) -> None:
    assert "is already imported: nothing was added" in restated.said[-1]
    assert "Later imports have replaced some of its rows; --replace brings the file back as it is." in restated.said[-1]

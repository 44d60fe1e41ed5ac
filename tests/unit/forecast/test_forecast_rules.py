"""Where forecasts of the back-test begin, and how much history a forecast needs: counted by hand."""

from __future__ import annotations

import pytest

from assay.forecast.rules import RULES, Origins, Span, longest, needed, origins, season_of

DAY, WEEK, MONTH = RULES["day"], RULES["week"], RULES["month"]


def test_what_is_needed_is_what_is_learnt_from_and_two_times_what_is_foreseen_twice() -> None:
    assert needed(DAY, Span(14)) == 28 + 2 * (14 + 1)
    assert needed(DAY, Span(14, lead=2)) == 28 + 2 * (16 + 1)
    assert needed(MONTH, Span(3)) == 12 + 2 * (3 + 1)


@pytest.mark.parametrize("grain", RULES)
@pytest.mark.parametrize("lead", [0, 2])
def test_the_longest_horizon_is_the_longest_for_which_there_is_enough(grain: str, lead: int) -> None:
    one = RULES[grain]
    for history in range(400):
        enough = [periods for periods in range(1, one.most + 1) if needed(one, Span(periods, lead)) <= history]
        assert longest(one, history, lead) == max(enough, default=0)


def test_the_least_history_has_two_origins_of_each_kind() -> None:
    # 28 + 2 * 15 = 58 days. Measured from days 43 and 44; what is foreseen from days 28 and 29 is over on day 43.
    assert origins(DAY, 58, Span(14)) == Origins((28, 29), (43, 44))


def test_with_room_enough_no_period_is_foreseen_twice() -> None:
    found = origins(DAY, 400, Span(14))
    assert found.measuring == tuple(400 - 14 * back for back in range(6, 0, -1))
    assert found.choosing == tuple(400 - 14 * back for back in range(12, 6, -1))


@pytest.mark.parametrize("periods", [1, 3, 14])
@pytest.mark.parametrize("lead", [0, 3])
def test_what_chooses_is_over_before_what_measures_begins_and_all_lies_in_the_history(periods: int, lead: int) -> None:
    span = Span(periods, lead)
    for history in range(needed(DAY, span), 420):
        found = origins(DAY, history, span)
        assert len(found.choosing) == len(found.measuring) >= 2
        assert min(found.choosing) >= DAY.learn
        assert max(found.choosing) + span.steps <= min(found.measuring)
        assert max(found.measuring) + span.steps == history


def test_a_year_is_a_season_only_when_each_origin_knows_two_of_them() -> None:
    enough = 24 + 2 * (3 + 1)
    assert [season_of(MONTH, history, Span(3)) for history in (enough - 1, enough)] == [1, 12]
    assert min(origins(MONTH, enough, Span(3)).choosing) == 24
    assert min(origins(MONTH, enough - 1, Span(3)).choosing) < 24
    assert season_of(WEEK, 208, Span(4)) == 1
    assert season_of(DAY, 58, Span(14)) == 7

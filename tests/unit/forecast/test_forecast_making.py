"""Forecasts of histories whose answer arithmetic gives, and the back-test, which sees nothing of what it foresees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assay.forecast.backtest import Trial, choose
from assay.forecast.making import Forecast, Task, forecast
from assay.forecast.models import MODELS, Limits, ahead
from assay.forecast.rules import Origins, Span
from assay.runtime.lean import reveal_pandas

WEEK = (10.0, 20.0, 30.0, 40.0, 50.0, 5.0, 1.0)


@pytest.fixture(scope="module", autouse=True)
def models() -> None:
    reveal_pandas()  # commands that ran in this process have hidden it


def days(*values: float, **more: object) -> Task:
    return replace(Task(tuple(values), "day", 14), **more)  # type: ignore[arg-type]


def noise(seed: int, count: int, mean: float = 50.0, spread: float = 10.0) -> list[float]:
    return np.random.default_rng(seed).normal(mean, spread, count).tolist()  # type: ignore[no-any-return]


def middles(found: Forecast) -> list[float]:
    return [step.middle for step in found.steps]


def test_a_pattern_of_weekdays_goes_on_as_it_was() -> None:
    found = forecast(days(*WEEK * 10))
    assert middles(found) == pytest.approx(WEEK * 2)
    assert (found.model, found.season) == ("naive", 7)  # nothing can be nearer than a forecast without an error
    assert (found.backtest.mae, found.backtest.wape, found.backtest.within) == (0, 0, found.backtest.held_out)


def test_days_that_have_not_settled_are_foreseen_on_the_way_and_not_shown() -> None:
    task = days(*WEEK * 10)
    assert middles(forecast(replace(task, lead=3))) == pytest.approx((WEEK * 3)[3:17])


def test_what_the_naive_forecast_would_have_missed_stands_beside_the_error() -> None:
    values = [100.0 * (place // 7 % 2) for place in range(98)]  # weeks of 0 and of 100 in turn: the week before is always wrong
    found = forecast(days(*values, periods=7))
    assert found.backtest.naive_mae == pytest.approx(100)
    assert found.model != "naive"
    assert found.backtest.mae < 100


def test_what_grows_by_one_a_day_goes_on_growing() -> None:
    found = forecast(days(*map(float, range(91, 179))))
    assert middles(found) == pytest.approx([179 + n for n in range(14)], abs=1)
    assert found.backtest.naive_mae == pytest.approx(10.5)  # 7 too low for a week, then 14
    assert found.backtest.mae < 1


def test_mae_and_wape_are_what_hand_arithmetic_makes_of_the_held_out_days() -> None:
    values = noise(3, 58)
    found = forecast(days(*values))
    naive = [abs(values[origin - 7 + step % 7] - values[origin + step]) for origin in (43, 44) for step in range(14)]
    assert found.backtest.naive_mae == pytest.approx(sum(naive) / 28)
    came = sum(abs(values[origin + step]) for origin in (43, 44) for step in range(14))
    assert found.backtest.wape == pytest.approx(100 * found.backtest.mae * 28 / came)
    assert (found.backtest.held_out, found.backtest.first, found.backtest.last) == (28, 43, 57)


def test_of_steady_noise_the_mean_is_nearer_than_the_day_a_week_ago() -> None:
    found = forecast(days(*noise(1, 200)))
    assert found.model in ("ets", "theta")
    assert found.backtest.mae < 0.9 * found.backtest.naive_mae  # the naive error is that of two noises: 1.41 times as large
    assert middles(found) == pytest.approx([50] * 14, abs=6)


def test_an_interval_holds_about_as_often_as_it_promises() -> None:
    held, told, cases = 0, 0.0, 12
    for seed in range(cases):
        values = noise(100 + seed, 78)
        found = forecast(days(*values[:64]))
        held += sum(step.lower <= came <= step.upper for step, came in zip(found.steps, values[64:], strict=True))
        told += found.backtest.within / found.backtest.held_out
    assert 0.70 <= held / (14 * cases) <= 0.92
    assert 0.70 <= told / cases <= 0.92  # and the back-test says so beforehand


def test_a_higher_level_is_a_wider_interval() -> None:
    values = noise(5, 100)
    narrow, wide = forecast(days(*values, level=60)), forecast(days(*values, level=95))
    for one, other in zip(narrow.steps, wide.steps, strict=True):
        assert other.lower < one.lower < one.upper < other.upper


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_what_never_moves_is_forecast_to_stay_without_an_error(value: float) -> None:
    found = forecast(days(*[value] * 60, floor=0.0))
    assert {(step.middle, step.lower, step.upper) for step in found.steps} == {(value, value, value)}
    assert (found.model, found.backtest.mae) == ("naive", 0)
    assert found.backtest.wape == (None if value == 0 else 0)


def test_one_outlier_spoils_neither_the_middle_nor_the_limits() -> None:
    values = [5.0] * 150
    values[90] = 1e6
    found = forecast(days(*values, floor=0.0))
    assert middles(found) == pytest.approx([5.0] * 14)
    assert all(0 <= step.lower <= step.upper < 1e7 for step in found.steps)


def test_nothing_is_forecast_below_nothing_or_above_a_hundred_where_nothing_ever_was() -> None:
    low, high = noise(7, 90, 2, 2), noise(8, 90, 99, 2)
    task = days(*np.clip([*low], 0, None), floor=0.0, ceiling=100.0)
    assert min(step.lower for step in forecast(task).steps) == 0
    shares = replace(task, history=tuple(np.clip(high, None, 100.0)))
    assert max(step.upper for step in forecast(shares).steps) == 100
    below = replace(task, history=tuple(low), floor=0.0)
    assert min(low) < 0
    assert min(step.lower for step in forecast(below).steps) < 0  # what was below nothing once may be so again


def test_the_same_history_has_the_same_forecast() -> None:
    task = days(*noise(11, 120))
    assert forecast(task) == forecast(task)


def test_a_history_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="57 periods are too few: 58 are needed"):
        forecast(days(*noise(1, 57)))


@pytest.mark.parametrize("model", MODELS)
def test_no_forecast_of_the_back_test_sees_what_it_foresees(model: str) -> None:
    """Whatever comes after an origin may come in any order: what was foreseen from there stays the same."""
    history = np.array(noise(21, 100))
    shuffled = history.copy()
    shuffled[60:] = np.random.default_rng(4).permutation(history[60:]) * 3
    trials = [Trial(one, Span(7, 2), 7, 80, Limits(0.0)) for one in (history, shuffled)]
    first, second = (trial.held_out(model, (45, 60)) for trial in trials)
    assert first is not None
    assert second is not None
    for one, other in zip(first, second, strict=True):
        assert one.ahead.middle.tolist() == other.ahead.middle.tolist()
        assert one.ahead.reach.tolist() == other.ahead.reach.tolist()
    assert first[1].came.tolist() != second[1].came.tolist()


def test_the_choice_sees_nothing_of_what_measures_it() -> None:
    history = np.array(noise(22, 58)) + np.arange(58.0)
    other = history.copy()
    other[43:] = 1000 - other[43:]
    found = [choose(Trial(one, Span(14), 7, 80, Limits()), Origins((28, 29), (43, 44))) for one in (history, other)]
    chosen = {one.model: [held.errors.tolist() for held in one.chosen_by] for one in found}
    for one in found:
        assert [held.errors.tolist() for held in one.chosen_by] == chosen[one.model]
        assert max(held.until for held in one.chosen_by) <= min(held.origin for held in one.measured_by)


def test_months_with_a_season_know_the_month_of_the_year() -> None:
    year = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 40.0, 60.0)
    found = forecast(Task(year * 4, "month", 3))
    assert found.season == 12
    assert middles(found) == pytest.approx([1.0, 2.0, 3.0])
    assert forecast(Task((*year, *year[:8]), "month", 3)).season == 1


def test_a_model_that_cannot_be_fitted_is_left_out() -> None:
    assert ahead("ets", np.array([1.0]), 2, 1, 80) is None

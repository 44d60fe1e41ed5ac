"""Draws depend on the seed, the name and the index, and on nothing else."""

from __future__ import annotations

import numpy as np

from assay.demo.dice import Dice

MANY = np.arange(200_000, dtype=np.int64)


def test_a_draw_is_the_same_alone_and_among_others() -> None:
    among = Dice(7).uniform("price", MANY)
    assert Dice(7).uniform("price", MANY[4711:4712])[0] == among[4711]


def test_draws_are_spread_evenly_and_lie_below_one() -> None:
    draws = Dice(7).uniform("price", MANY)
    assert draws.min() >= 0
    assert draws.max() < 1
    shares = np.bincount((draws * 10).astype(np.int64), minlength=10) / len(MANY)
    assert abs(shares - 0.1).max() < 0.004


def test_other_names_and_other_seeds_draw_independently() -> None:
    draws = [Dice(7).uniform("price", MANY), Dice(7).uniform("place", MANY), Dice(8).uniform("price", MANY)]
    assert abs(np.corrcoef(draws) - np.eye(3)).max() < 0.01


def test_choices_come_as_often_as_their_share_and_never_where_it_is_nothing() -> None:
    counts = np.bincount(Dice(7).choose("kind", MANY, (3, 0, 1)), minlength=3) / len(MANY)
    assert abs(counts - [0.75, 0, 0.25]).max() < 0.005
    assert counts[1] == 0


def test_bounds_are_both_drawn() -> None:
    draws = Dice(7).between("hour", MANY, 2, 4)
    assert set(draws.tolist()) == {2, 3, 4}


def test_counts_scatter_around_their_mean_like_a_poissons() -> None:
    counts = Dice(7).around("orders", MANY, np.full(len(MANY), 30.0))
    assert abs(counts.mean() - 30) < 0.1
    assert abs(counts.var() - 30) < 0.6
    assert counts.min() >= 0


def test_waits_have_the_median_and_the_tail_that_were_asked_for() -> None:
    waits = np.sort(Dice(7).lognormal("answer", MANY, 18.0, 0.9))
    assert waits[0] > 0
    assert abs(np.median(waits) - 18) < 0.2
    assert abs((waits > 120).mean() - 0.0175) < 0.002  # beyond ln(120 / 18) / 0.9 = 2.108 deviations

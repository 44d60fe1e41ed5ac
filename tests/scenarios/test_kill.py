"""A refresh that is killed at any point: what can be read is one generation or the other; the next refresh makes it good."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.shop import LONG, Key, Row, Stage, Template

PHASES = ("Pulling", "Loading", "Building", "Checking", "Rolling", "Proving")
"""The first words of the steps as `assay refresh` names them; publishing is the end of the last."""
POINTS = (
    ("Loading", 0.5),
    ("Building", 0.9),
    ("Rolling", 0.6),
    ("Proving", 0.9),
)
"""The last of them are near to publishing; the slow tests have many more."""
_CHANCE = random.Random(20260301)
MANY_POINTS = tuple((_CHANCE.choice(PHASES), round(_CHANCE.uniform(0, 1.1), 3)) for _ in range(50))


Published = tuple[dict[Key, Row], dict[str, Any], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Undisturbed:
    """What is published before and after the refresh, and how long each of its steps takes."""

    old: Published
    new: Published
    seconds: dict[str, float]


def next_day(template: Template) -> Stage:
    stage = template.fresh()
    stage.clock.instant += timedelta(days=1)
    return stage


def readable(stage: Stage) -> Published:
    """Return everything that can be read about the shop: every ledger row, every answer of the board, every restatement."""
    own = stage.of_itself()
    board = stage.board()
    for section in board["sections"]:
        section["tiles"] = [tile for tile in section["tiles"] if tile["answer"]["kpi"] not in own]
    rows = {key: row for key, row in stage.ledger().items() if key[0] not in own}
    return rows, board, [one for one in stage.restatements() if one[0] not in own]


def read_step(process: Any) -> str:
    line: str = process.stderr.readline()
    return line.partition(" ")[0].strip()


@pytest.fixture(scope="module")
def undisturbed(small_demo_template: Template) -> Undisturbed:
    stage = next_day(small_demo_template)
    old = readable(stage)
    process = stage.start("refresh")
    marks: dict[str, float] = {}
    while step := read_step(process):
        marks[step] = time.monotonic()
    process.communicate(timeout=LONG)
    assert process.returncode == 0
    assert tuple(marks) == PHASES
    ends = [*list(marks.values())[1:], time.monotonic()]
    seconds = {step: end - start for (step, start), end in zip(marks.items(), ends, strict=True)}
    new = readable(stage)
    assert new != old
    return Undisturbed(old, new, seconds)


def kill_at(stage: Stage, phase: str, seconds: float) -> bool:
    """Start a refresh, kill it so many seconds into a phase, and return whether it was still at work."""
    process = stage.start("refresh")
    while (step := read_step(process)) and step != phase:
        pass
    time.sleep(seconds)
    killed = process.poll() is None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=LONG)
    return killed


def survives(template: Template, undisturbed: Undisturbed, phase: str, part: float) -> None:
    stage = next_day(template)
    kill_at(stage, phase, part * undisturbed.seconds[phase])
    assert readable(stage) in (undisturbed.old, undisturbed.new)
    stage.go_on()
    for now, then in zip(readable(stage), undisturbed.new, strict=True):
        assert now == then


@pytest.mark.parametrize(("phase", "part"), POINTS)
def test_a_killed_refresh_publishes_all_or_nothing_and_the_next_one_makes_it_good(
    small_demo_template: Template, undisturbed: Undisturbed, phase: str, part: float
) -> None:
    survives(small_demo_template, undisturbed, phase, part)


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "part"), MANY_POINTS)
def test_fifty_killed_refreshes_at_random_points_lose_nothing(
    small_demo_template: Template, undisturbed: Undisturbed, phase: str, part: float
) -> None:
    survives(small_demo_template, undisturbed, phase, part)


@pytest.mark.slow
def test_refreshes_that_are_killed_one_after_the_other_leave_no_damage(
    small_demo_template: Template, undisturbed: Undisturbed
) -> None:
    stage = next_day(small_demo_template)
    killed = [kill_at(stage, phase, 0.5 * undisturbed.seconds[phase]) for phase in ("Building", "Rolling")]
    assert any(killed)
    assert readable(stage) in (undisturbed.old, undisturbed.new)
    stage.run()
    assert readable(stage) == undisturbed.new

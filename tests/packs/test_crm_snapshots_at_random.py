"""Whatever happens to the records, the snapshots of the pack `crm` tell what every look at the models has seen."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.packs.crm import copy_pack, dbt, rows

pytestmark = pytest.mark.slow
KEYS = {
    "pipeline_kpi_snapshot": ("pipeline_kpis", "facility_id, month", "leads, lead_value, amount, won_amount, weighted_amount"),
    "conversion_funnel_snapshot": ("conversion_funnel", "facility_id, rep_id, month, funnel_stage", "reached, value, leads"),
    "health_score_snapshot": ("health_scores", "facility_id, month", "overall_score, sla_score, components, health_status"),
}
"""By snapshot: its model, the documented key, and numbers of a row."""

LOOKS = [datetime(2024, 3, 12, 20, tzinfo=UTC) + timedelta(days=days) for days in (0, 1, 6, 12, 13, 40)]
"""When somebody looked: after all records of the fixture."""
OPEN = """
    insert into tickets values
    ('T11', 'F2', 'R4', 'email', 'low', 'open', '2024-03-12T13:00:00Z', '2024-03-12T14:00:00Z', null, '2024-03-12T14:00:00Z')
"""
"""Its promise, 120 hours, runs out on 17 March at 13:00 by the clock alone."""


def happens(chance: random.Random, before: datetime, look: datetime) -> str:
    """Return the SQL of what happens to the records between two looks; some of it is delivered late, some has a new instant."""
    when = before + (look - before) * chance.uniform(-0.5, 1)
    stamp = f"updated_at = '{when:%Y-%m-%dT%H:%M:%SZ}'"
    amount = f"amount = '{chance.randint(1, 90)}000.00'"
    lead, opportunity = f"L{chance.randint(1, 8):02}", f"O{chance.randint(1, 4):02}"
    return chance.choice(
        [
            f"update leads set channel = 'fair', {stamp} where lead_id = '{lead}'",
            f"update leads set value = '{chance.randint(1, 90)}000.00', {stamp} where lead_id = '{lead}'",
            f"update leads set facility_id = 'F' || {chance.randint(1, 2)}, {stamp} where lead_id = '{lead}'",
            f"update opportunities set {amount}, {stamp} where opportunity_id = '{opportunity}'",
            f"update opportunities set {amount} where opportunity_id = '{opportunity}'",
            f"delete from leads where lead_id = 'L{chance.randint(5, 8):02}'",
            f"delete from satisfaction where response_id = 'S{chance.randint(1, 4):02}'",
            "select 1",
        ]
    )


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[datetime]]:
    """Return the pack after a snapshot at each look, with what the models said then in tables `seen_<model>_<look>`."""
    folder = copy_pack(tmp_path_factory.mktemp("crm") / "crm")
    chance, commands = random.Random(7), [("seed",), ("sql", OPEN)]
    for number, look in enumerate(LOOKS):
        # on the last day an open opportunity is worth more than before: no record says so
        weight = {"crm_stage_weights": {"opportunity": 0.7, "won": 1, "lost": 0}} if number == len(LOOKS) - 1 else {}
        stated = ("--vars", json.dumps({"crm_as_of": look.isoformat(), **weight}))
        if number:
            commands += [("sql", happens(chance, LOOKS[number - 1], look)) for _ in range(4)]
        commands += [("run", *stated), ("snapshot", *stated)]
        commands += [("sql", f"create table seen_{model}_{number} as from {model}") for model, _, _ in KEYS.values()]
    assert [outcome.bad for outcome in dbt(folder, *commands)] == [{}] * (1 + 2 * len(LOOKS))
    return folder, LOOKS


@pytest.mark.parametrize("snapshot", KEYS)
def test_the_newest_version_of_each_row_is_what_the_model_says(looked: tuple[Path, list[datetime]], snapshot: str) -> None:
    model, key, numbers = KEYS[snapshot]
    now = rows(looked[0], f"select {key}, {numbers} from {model} order by all")
    assert now
    assert rows(looked[0], f"select {key}, {numbers} from {snapshot} where dbt_valid_to is null order by all") == now


@pytest.mark.parametrize("snapshot", KEYS)
def test_every_version_is_what_some_look_saw_and_each_change_of_a_number_has_its_version(
    looked: tuple[Path, list[datetime]], snapshot: str
) -> None:
    """In the order of their begin, the versions of a row are the different numbers that the looks saw one after the other."""
    folder, looks = looked
    model, key, _ = KEYS[snapshot]
    size = len(key.split(","))
    expected: dict[tuple[Any, ...], list[tuple[Any, ...] | None]] = {}
    for number in range(len(looks)):
        seen = {
            row[:size]: row[size:]
            for row in rows(folder, f"select {key}, * exclude ({key}, updated_at) from seen_{model}_{number}")
        }
        for one in expected.keys() | seen.keys():
            told = expected.setdefault(one, [])
            if told[-1:] != [seen.get(one)]:
                told.append(seen.get(one))
    columns = "* exclude (updated_at, seen_at, dbt_scd_id, dbt_updated_at, dbt_valid_from, dbt_valid_to)"
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in rows(folder, f"select {key}, {columns.replace('(', f'({key}, ')} from {snapshot} order by dbt_valid_from"):
        found.setdefault(row[:size], []).append(row[size:])
    assert found == {one: [told for told in all_of if told is not None] for one, all_of in expected.items()}
    assert any(len(versions) > 2 for versions in found.values())


@pytest.mark.parametrize("snapshot", KEYS)
def test_a_version_never_begins_before_the_one_that_it_replaces_was_seen_last(
    looked: tuple[Path, list[datetime]], snapshot: str
) -> None:
    _, key, _ = KEYS[snapshot]
    early = f"""
        select * from (
          select {key}, dbt_valid_from, dbt_valid_to, seen_at, updated_at,
            lag(seen_at) over versions as seen_before, lag(dbt_valid_to) over versions as until
          from {snapshot} window versions as (partition by {key} order by dbt_valid_from)
        )
        where dbt_valid_from < seen_before or dbt_valid_from < until or dbt_valid_to <= dbt_valid_from
          or dbt_valid_from <> updated_at"""
    assert rows(looked[0], early) == []


def test_a_promise_that_runs_out_by_the_clock_begins_a_version_at_that_instant(looked: tuple[Path, list[datetime]]) -> None:
    began = rows(
        looked[0],
        """select strftime(dbt_valid_from, '%d %H:%M'), sla_score from health_score_snapshot
           where facility_id = 'F2' and month = '2024-03-01' order by dbt_valid_from""",
    )
    assert began == [("08 10:00", None), ("17 13:00", 0)]


def test_a_weight_that_was_changed_moves_the_open_pipeline_at_the_look_that_saw_it(looked: tuple[Path, list[datetime]]) -> None:
    last = rows(
        looked[0], "select distinct dbt_valid_from from pipeline_kpi_snapshot where open_amount > 0 and dbt_valid_to is null"
    )
    assert last == [(LOOKS[-1].replace(tzinfo=None),)]

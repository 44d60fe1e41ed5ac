"""What recurs takes in changed days, and says what one says that reads every day anew."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assay.catalog.expression import MOVEMENTS
from assay.rollups import recurring
from assay.rollups.recurring import Recurring
from assay.rollups.segments import with_changes

FIRST, DAYS, ENTITIES = date(2025, 1, 1), 60, 25
FIRST_MOMENT = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("id", pa.int64()),
        ("moment", pa.timestamp("us", tz="UTC")),
        ("delta", pa.decimal128(38, 2)),
        ("nulls", pa.int32()),
    ]
)


def phases(dice: random.Random, day: date, largest: int) -> list[dict[str, Any]]:
    """Return the events of phases that begin on the day: some never end, some have no amount."""
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found: list[dict[str, Any]] = []
    for _ in range(dice.randint(0, 3)):
        known = dice.random() < 0.8
        amount = Decimal(dice.randint(1, largest)) / 100 if known else None
        entity = dice.randrange(ENTITIES) if known else None
        start = begun + timedelta(hours=dice.choice([0, 6, 12]))
        sign: dict[str, Any] = {"day": day, "id": entity, "nulls": 0 if known else 1}
        found.append(sign | {"moment": start, "delta": amount})
        if dice.random() < 0.7:
            end = start + timedelta(days=dice.randint(1, 40))
            found.append(sign | {"moment": end, "delta": -amount if amount else None, "nulls": -sign["nulls"]})
    return found


@pytest.mark.parametrize("few", [0, 3, 8192], ids=["carried over", "a few events apart", "added up"])
@pytest.mark.parametrize("largest", [9, 2**58], ids=["small amounts", "amounts whose sum passes int64"])
@pytest.mark.parametrize("seed", range(4))
def test_changed_days_move_what_a_new_reading_moves(seed: int, largest: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    rows = pa.Table.from_pylist([one for day in days for one in phases(dice, day, largest)], SCHEMA)
    carried = Recurring.read(rows)
    monkeypatch.setattr(recurring, "FEW_EVENTS", few)
    windows = [sorted(dice.sample(range(-5, DAYS + 30), 2)) for _ in range(6)]
    for turn in range(12):
        changed = dice.sample([*days, FIRST + timedelta(days=DAYS)], dice.randint(1, 3))
        new = pa.Table.from_pylist([one for day in changed for one in phases(dice, day, largest)], SCHEMA)
        rows, carried = with_changes(rows, [(new, changed)]), carried.with_changes([(new, changed)])
        fresh = Recurring.read(rows)
        asked_anew = [(start, start + dice.choice([1, 7, 30, 90])) for start in (dice.randint(-5, DAYS) for _ in range(3))]
        until_now = [(start, start + 20 + turn / 7) for start in (0, 11)]
        for start, end in [*asked_anew, *windows, *until_now]:
            before, until = (round((FIRST_MOMENT + day * 86_400) * 1_000_000) for day in (start, end))
            for movement in MOVEMENTS:
                for entities in (True, False):
                    asked = movement, entities, before, until
                    assert carried.measure(*asked) == fresh.measure(*asked), asked
            assert carried.next_change(before) == fresh.next_change(before)

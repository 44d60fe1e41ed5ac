"""What happened to the pack `crm` in one dbt process, chapter by chapter; the tests of many files read it, so that dbt is
started and reads the pack only once.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.packs.crm import Said, change, copy_pack, dbt

Command = tuple[str, ...]
COMMANDS: tuple[Command, ...] = (
    ("seed",),
    ("run", "--select", "tag:kpi"),
    ("test",),
    ("snapshot",),
    ("docs", "generate"),
    ("run", "--select", "weighted_pipeline_scenarios", "--full-refresh"),
)
"""Those of CRM_METRICS_README.md, in their order."""

TOUCHED = """
    update leads set channel = 'fair', updated_at = '2024-03-01T00:00:00Z' where lead_id = 'L05';
    update opportunities set amount = '118000.00', updated_at = '2124-03-02T08:00:00Z' where opportunity_id = 'O06';
    update leads set facility_id = 'F1', updated_at = '2024-03-03T08:00:00Z' where lead_id = 'L07';
"""
"""A lead is touched, an opportunity is worth more from a later instant on, and a lead moves to another facility."""
GONE = "delete from leads where lead_id in ('L08', 'L09', 'L11'); delete from opportunities where opportunity_id = 'O05'"
"""One row of the pipeline loses a lead, another one all that it rests on."""
MODELS_ALONE = ("--exclude-resource-type", "seed", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
LOOK: tuple[Command, ...] = (("build", "--select", "+pipeline_kpi_snapshot", *MODELS_ALONE),)

Spoiled = tuple[str, dict[str, str], str]
BAD: dict[str, list[Spoiled]] = {
    "leads": [
        ("L05", {"lead_id": "X01", "stage": "interested"}, 'unknown stage: "interested"'),
        ("L05", {"lead_id": "X02", "value": "-1.00"}, 'negative value: "-1.00"'),
        ("L01", {"value": "1.00"}, 'duplicate key: lead_id "L01"'),
    ],
    "opportunities": [
        ("O04", {"opportunity_id": "X03", "lead_id": "L99"}, 'orphan opportunity: there is no lead_id "L99"'),
        ("O04", {"opportunity_id": "X04", "win_probability": "1.5"}, 'probability over 1: "1.5"'),
        ("O04", {"opportunity_id": "X05", "amount": "-500.00"}, 'negative amount: "-500.00"'),
    ],
    "tickets": [
        ("T01", {"ticket_id": "X06", "resolved_at": "2024-01-09T09:59:59Z"}, "closed before it was opened"),
        ("T01", {"ticket_id": "X07", "priority": "whenever"}, 'unknown priority: "whenever"'),
    ],
    "satisfaction": [
        ("S01", {"response_id": "X08", "score": "6"}, 'score out of range 1 to 5: "6"'),
        ("S07", {"response_id": "X09", "score": "11"}, 'score out of range 0 to 10: "11"'),
    ],
}
"""By stream: the row that is copied, what is changed in the copy, and the reason that is told."""

SPOILED: tuple[Command, ...] = (("seed",), ("run",), ("test", "--select", "test_type:data"))


@dataclass(frozen=True)
class Chapter:
    """The seeds and the warehouse as they were at its end (`folder`), the pack itself, and what its commands came to."""

    folder: Path
    pack: Path
    said: Sequence[Said]


def chapter(factory: pytest.TempPathFactory, name: str) -> Chapter:
    """Return `documented`, `moved` or `spoiled`; the first process of a test run that asks lets all of it happen."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "crm-story"
    place.mkdir(exist_ok=True)
    done, pack = place / "said.json", place / "crm"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(pack, ignore_errors=True)  # of a process that failed
            done.write_text(json.dumps({name: [asdict(one) for one in said] for name, said in happened(pack).items()}))
    told = [Said(one["success"], one["nodes"], one["exception"]) for one in json.loads(done.read_text())[name]]
    return Chapter(pack / name, pack, told)


def happened(pack: Path) -> dict[str, list[Said]]:
    """Run every command of the story in a copy of the pack, and return by chapter what they came to."""
    copy_pack(pack)
    shutil.copytree(pack / "data", pack / "bad" / "data")
    for stream, bad in BAD.items():
        change(pack / "bad", stream, partial(spoil, bad))
    documented = (*COMMANDS, ("keep", "documented"))
    moved = (("sql", TOUCHED), *LOOK, ("sql", GONE), *LOOK, ("seed",), *LOOK, ("keep", "moved"))
    spoiled = (("empty",), ("put", "bad/data"), *SPOILED, ("keep", "spoiled"))
    told = dbt(pack, *documented, *moved, *spoiled)
    first, last = len(COMMANDS), -len(SPOILED)
    return {"documented": told[:first], "moved": told[first:last], "spoiled": told[last:]}


def spoil(bad: list[Spoiled], found: list[dict[str, str]]) -> None:
    """Add the bad rows to those of a seed."""
    by_key = {next(iter(row.values())): row for row in found}
    found += [{**by_key[model], **fields} for model, fields, _ in bad]

"""What the tests of the sources share: a shop, a zone, files, and records read back from the disk."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assay.sources.files import ImportKind, ImportSettings, ImportSummary, import_kinds, take
from assay.sources.landing import LandingZone
from assay.units import Currencies

ROOT = Path(__file__).parents[3]
KINDS = import_kinds([ROOT / "packs" / "base"])
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
LOS_ANGELES = ImportSettings(((None, "America/Los_Angeles"),), Currencies.of("USD"))


def table(*rows: tuple[str, str | None], at: datetime = NOW) -> pa.Table:
    """Return records of (key, payload)."""
    return pa.table(
        {
            "key": [key for key, _ in rows],
            "event_at": pa.array([datetime(2026, 3, 1, tzinfo=UTC)] * len(rows), pa.timestamp("us", "UTC")),
            "received_at": pa.array([at] * len(rows), pa.timestamp("us", "UTC")),
            "sha256": [hashlib.sha256((payload or "").encode()).hexdigest() for _, payload in rows],
            "payload": pa.array([payload for _, payload in rows], pa.string()),
        }
    )


def write(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    """Return a file with these contents."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


class Shop:
    """A landing zone and the imports into it."""

    def __init__(self, folder: Path, settings: ImportSettings = LOS_ANGELES) -> None:
        self.folder = folder
        self.settings = settings
        self.zone = LandingZone(folder / "landing")

    def take(self, text: str | bytes, kind: str = "orders", **options: Any) -> ImportSummary:
        """Import these contents; `name`, `map`, `settings`, `now`, `replace` and `append` may be given."""
        file = write(self.folder, text, options.pop("name", "orders.csv"))
        return take(
            file,
            options.pop("declared", KINDS[kind]),
            options.pop("map", {}),
            options.pop("settings", self.settings),
            zone=self.zone,
            received_at=options.pop("now", NOW),
            **options,
        )

    def payloads(self, stream: str) -> list[dict[str, Any]]:
        """Return the payloads in force, in the order of their batches."""
        newest: dict[str, str | None] = {}
        for entry in self.zone.batches():
            if entry.stream == stream:
                rows = pq.read_table(self.zone.records(entry), partitioning=None).to_pylist()
                newest.update({row["key"]: row["payload"] for row in rows})
        return [json.loads(payload) for payload in newest.values() if payload is not None]


def reasons(summary: ImportSummary) -> dict[str, int]:
    """Return how many rows were rejected, by reason."""
    return {rejection.reason: rejection.count for rejection in summary.rejected}


def kind(**changes: Any) -> ImportKind:
    """Return the kind of orders with other facts."""
    return KINDS["orders"].model_copy(update=changes)

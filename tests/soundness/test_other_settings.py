"""Numbers are never shown under a time zone or a currency that they were not worked out in."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.engines.duckdb import engine
from assay.errors import AssayError
from assay.settings import Project, ProjectFile
from tests.soundness.bench import Bench, base


@pytest.mark.parametrize(("zone", "currency"), [("America/Los_Angeles", "USD"), ("UTC", "JPY")])
def test_a_setting_that_was_changed_since_the_last_refresh_is_said_and_nothing_is_shown(
    bench: Bench, zone: str, currency: str
) -> None:
    bench.sell(("2026-03-08 05:00", 100))
    bench.publish(bench.catalog(base("sold", "sum(amount)", "money")))
    bench.project = Project(bench.folder, ProjectFile(timezone=zone, currency=currency))
    with pytest.raises(AssayError, match="time zone or the currency"):
        bench.ask("sold", "2026-03-08")


def test_a_second_reader_of_the_warehouse_has_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what a timestamp's date is would depend on the machine's zone, for some questions and not for others."""
    monkeypatch.setattr(engine, "settings", lambda: {"TimeZone": "Asia/Tokyo"})
    first = engine.open_engine(Project(tmp_path, ProjectFile(timezone="UTC", currency="USD")))
    zones = [one.query("select current_setting('TimeZone') as zone")["zone"][0].as_py() for one in (first, first.reader())]
    first.close()
    assert zones == ["Asia/Tokyo"] * 2

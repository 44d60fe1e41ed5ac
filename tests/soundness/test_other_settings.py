"""Numbers are never shown under a time zone or a currency that they were not worked out in."""

from __future__ import annotations

import pytest

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

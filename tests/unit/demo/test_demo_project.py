"""`assay demo`: which packs it shows, and in which folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from assay.cli.entry import cli
from assay.clock import FixedClock
from assay.demo import PACKS, SHOWN_PACKS
from assay.errors import UsageError
from assay.runtime.demo_project import demo_folder, demo_packs, demo_project
from assay.runtime.packs import available_packs
from assay.runtime.refresh import Workplace, pull
from assay.sources.landing import LandingZone
from tests.unit.demo.pulls import SHORT_END, STREAM_NAMES, TOLD_SOURCE_OF
from tests.unit.demo.test_pull import NO_STATE

CLOCK = FixedClock(SHORT_END)


def test_every_pack_that_can_be_shown_came_with_assay() -> None:
    assert set(SHOWN_PACKS) <= set(available_packs())


def test_the_demo_shows_the_pack_of_a_shop_where_nobody_asks_for_others(tmp_path: Path) -> None:
    assert demo_packs(None) is None
    assert demo_project(tmp_path / "demo", CLOCK, 0.1).file.packs == PACKS


def test_packs_are_named_with_commas_each_once() -> None:
    assert demo_packs("campaigns, startup,campaigns") == ("campaigns", "startup")


def test_a_pack_of_which_the_demo_knows_nothing_is_refused_with_its_like() -> None:
    with pytest.raises(UsageError, match="nothing to show in a pack") as refused:
        demo_packs("campaigns,startups")
    assert refused.value.problem.endswith('"startups". Did you mean "startup"?')
    assert refused.value.remedy == "It can show: commerce_ops, campaigns, startup, growth."
    with pytest.raises(UsageError, match="names no pack"):
        demo_packs(" ,")


def test_each_choice_of_packs_lives_in_a_folder_of_its_own() -> None:
    assert demo_folder(None) == demo_folder(["commerce_ops"]) == Path("demo-shop")
    assert demo_folder(["startup", "campaigns"]) == demo_folder(["campaigns", "startup"]) == Path("demo-campaigns-startup")


def test_a_demo_with_other_packs_is_not_changed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    made = demo_project(folder, CLOCK, 0.1, ("startup",))
    with pytest.raises(UsageError, match="was made with startup, not with campaigns"):
        demo_project(folder, CLOCK, 0.1, ("campaigns",))
    assert demo_project(folder, CLOCK, 0.1, ("startup",)).file == demo_project(folder, CLOCK, 0.1).file == made.file


def test_a_project_pulls_what_its_packs_read(tmp_path: Path) -> None:
    made = demo_project(tmp_path / "demo", CLOCK, 0.02, ("campaigns",))
    zone = LandingZone(made.landing)
    pull(Workplace(made, CLOCK, NO_STATE, 0), zone)
    read = {stream for stream, source in TOLD_SOURCE_OF.items() if source in ("website", "advertising", "marketing")}
    assert {entry.stream for entry in zone.batches()} == STREAM_NAMES | read


def test_an_unknown_pack_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["demo", "--once", "--packs", "growht"])
    assert isinstance(result.exception, UsageError)
    assert 'Did you mean "growth"?' in str(result.exception)
    assert list(tmp_path.iterdir()) == []

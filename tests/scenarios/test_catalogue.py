"""A broken KPI file never replaces the catalogue in force; the exit status tells a script how a question went."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.shop import Stage, settings_of

TEN_MISTAKES = Path(__file__).parents[1] / "fixtures" / "catalog" / "ten_mistakes.yml"
BROKEN = "kpi: mine\nlabel: Mine\nunit: count\nmodel: fct_orders\ntime: created_on\nformula: count(distinct ordr_id)\n"


def test_a_broken_file_keeps_the_catalogue_of_the_last_generation_and_says_so_until_it_is_mended(plain: Stage) -> None:
    plain.write("kpis/mine.yml", BROKEN)
    ran = plain.cli("refresh")
    assert ran.status == 0
    assert "stays in force" in ran.out
    assert "kpis/mine.yml:6" in ran.out
    assert plain.value("gross_revenue", "2026-02-10") == "160.00"
    assert plain.cli("get", "mine").status == 2

    mended = BROKEN.replace("ordr_id", "order_id") + "definition: Orders.\nowner: me\ndirection: up\n"
    plain.write("kpis/mine.yml", mended)
    assert plain.run()["problems"] == []
    assert plain.value("mine", "2026-02-10") == "2"


def test_check_lists_every_mistake_at_once_with_its_place(plain: Stage) -> None:
    plain.write("kpis/ten.yml", TEN_MISTAKES.read_text("utf-8"))
    ran = plain.cli("check", "--format", "json")
    assert ran.status == 1
    found = [problem for problem in ran.json["problems"] if problem["file"] == "kpis/ten.yml"]
    assert len(found) >= 10
    assert all(problem["line"] > 0 and problem["column"] > 0 and problem["message"] for problem in found)
    assert "did you mean" in ran.out.lower()


def test_before_the_first_publication_a_broken_file_is_an_error_and_not_an_empty_board(plain: Stage) -> None:
    plain.write("kpis/mine.yml", BROKEN)
    plain.project.state.unlink()
    for suffix in ("-wal", "-shm"):
        plain.project.state.with_name(plain.project.state.name + suffix).unlink(missing_ok=True)
    ran = plain.cli("get", "gross_revenue")
    assert ran.status == 2
    assert "kpis/mine.yml:6" in ran.err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("get", "gross_revenue", "--period", "2026-02-10"), 0),
        (("get", "total_orders", "--period", "2026-02-10"), 0),
        (("get", "gross_revenue", "--period", "2025-02-10"), 3),
        (("get", "product_revenue"), 3),
        (("get", "gross_revenues"), 2),
        (("get", "gross_revenue", "--period", "2026-02-30"), 2),
        (("get", "gross_revenue", "--at", "yesteryear"), 2),
        (("get", "gross_revenue", "--by", "moon"), 2),
        (("get", "gross_revenue", "--compare", "tomorrow"), 2),
        (("get",), 0),
        (("explain",), 2),
        (("gte", "gross_revenue"), 2),
        (("board", "nowhere"), 2),
        (("history", "gross_revenue", "--grain", "eon"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_the_exit_status_says_how_it_went(plain: Stage, arguments: tuple[str, ...], status: int) -> None:
    ran = plain.cli(*arguments)
    assert ran.status == status, ran
    assert (ran.out if status in (0, 3) else ran.err).strip()
    assert "Traceback" not in ran.err


def test_a_generation_that_cannot_be_read_is_a_failure(plain: Stage) -> None:
    for path in plain.project.generations.glob("0*.json"):
        path.write_text("{}")
    ran = plain.cli("get", "gross_revenue", "--period", "2026-02-10")
    assert ran.status == 1
    assert "assay rebuild" in ran.err


def test_a_rebuild_mends_a_generation_that_cannot_be_read(plain: Stage) -> None:
    for path in plain.project.generations.glob("0*.json"):
        path.write_text("{}")
    assert plain.cli("rebuild").status == 0
    assert plain.value("gross_revenue", "2026-02-10") == "160.00"
    assert plain.restatements() == []


def test_settings_that_are_wrong_are_listed_and_nothing_runs(plain: Stage) -> None:
    settings_of(plain, currency="DOLLARS", timezone="Mars/Olympus")
    ran = plain.cli("refresh")
    assert ran.status == 2
    assert "assay.yml" in ran.err


def test_a_pack_that_does_not_exist_is_named_with_those_that_do(plain: Stage) -> None:
    settings_of(plain, packs=["commerce_opz"])
    ran = plain.cli("refresh")
    assert ran.status == 2
    assert "commerce_ops" in ran.err

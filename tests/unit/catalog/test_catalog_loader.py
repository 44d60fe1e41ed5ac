"""Folders of files: everything that is wrong in them at once, and the catalogue when nothing is."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.catalog.contract import Severity
from assay.catalog.expression import Number
from assay.catalog.loader import CatalogRoot, LoadResult, load_catalog

FIXTURES = Path(__file__).parents[2] / "fixtures" / "catalog"
HEAD = "unit: count\nowner: sales\nmodel: orders\ntime: created_on\n"


def root(path: Path, name: str = "project", **files: str) -> CatalogRoot:
    """Write a root folder with the shop's models; a keyword names a file, `__` is a slash."""
    shutil.copytree(FIXTURES / "models", path / "models", dirs_exist_ok=True)
    for written, text in files.items():
        file = path / f"{written.replace('__', '/')}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return CatalogRoot(path, name, project=name == "project")


def said(result: LoadResult) -> list[str]:
    return [str(problem) for problem in result.problems]


def test_ten_mistakes_in_one_file_are_all_reported_with_line_and_column(tmp_path: Path) -> None:
    result = load_catalog([root(tmp_path, kpis__shop=(FIXTURES / "ten_mistakes.yml").read_text())])

    found = {(problem.line, problem.column, problem.rule) for problem in result.problems}
    planted = {
        (2, 1, "unknown_field"),
        (7, 14, "unknown_column"),
        (11, 12, "shape"),
        (16, 15, "units"),
        (18, 5, "alert_severity"),
        (18, 34, "unknown_kpi"),
        (25, 10, "count_of_condition"),
        (30, 27, "cycle"),
        (36, 14, "formula"),
        (38, 6, "one_formula_a_name"),
    }
    assert planted <= found
    assert result.catalog is None
    hints = {problem.line: problem.suggestion + problem.message for problem in result.problems}
    assert 'Did you mean "label"?' in hints[2]
    assert 'Did you mean "amount"?' in hints[7]
    assert 'Did you mean "up"?' in hints[11]
    assert "count(*) filter (where is_late = TRUE)" in next(p.remedy for p in result.problems if p.line == 25)


def test_problems_come_by_file_and_line(tmp_path: Path) -> None:
    result = load_catalog([root(tmp_path, kpis__b="kpi: X\n", kpis__a="x: 1\n---\ny: 2\n", boards__z="board: q\n")])

    places = [(problem.file, problem.line) for problem in result.problems]
    assert places == sorted(places)
    assert {place[0] for place in places} == {"boards/z.yml", "kpis/a.yml", "kpis/b.yml"}


def test_a_project_may_replace_a_kpi_of_a_pack(tmp_path: Path) -> None:
    pack = root(tmp_path / "pack", "shop", kpis__a=f"kpi: orders\n{HEAD}formula: count(*)\n")
    mine = root(tmp_path / "mine", kpis__a=f"kpi: orders\n{HEAD}formula: count(*) filter (where not is_test)\n")

    result = load_catalog([pack, mine])

    assert result.catalog is not None, said(result)
    assert result.catalog.kpis["orders"].pack == "project"
    assert "is_test" in result.catalog.kpis["orders"].contract.formula


def test_two_packs_may_not_give_one_name_two_formulas(tmp_path: Path) -> None:
    first = root(tmp_path / "one", "one", kpis__a=f"kpi: orders\n{HEAD}formula: count(*)\n")
    second = root(tmp_path / "two", "two", kpis__a=f"kpi: orders\n{HEAD}formula: count(*) filter (where not is_test)\n")

    (problem,) = load_catalog([first, second]).problems

    assert (problem.rule, problem.severity, problem.file) == ("one_formula_a_name", "error", "two/kpis/a.yml")
    assert "one/kpis/a.yml:1" in problem.message


def test_the_same_formula_in_two_packs_is_a_warning(tmp_path: Path) -> None:
    roots = [root(tmp_path / name, name, kpis__a=f"kpi: orders\n{HEAD}formula: count(*)\n") for name in ("one", "two")]

    result = load_catalog(roots)

    assert [(problem.rule, problem.severity) for problem in result.problems] == [("one_formula_a_name", "warning")]
    assert result.catalog is not None


def test_each_pack_keeps_its_own_target_and_the_project_wins(tmp_path: Path) -> None:
    kpi = f"kpi: orders\ndirection: up\n{HEAD}formula: count(*)\n"
    roots = [
        root(tmp_path / "base", "base", kpis__a=kpi),
        root(tmp_path / "one", "one", targets="orders: {min: 250}\n"),
        root(tmp_path / "two", "two", targets="orders: [{min: 75}, {from: 2026-01-01, above: 80}]\n"),
    ]
    catalog = load_catalog(roots).catalog
    assert catalog is not None
    orders = catalog.kpis["orders"]
    assert [target.low for target in orders.targets_for("one")] == [Number(250)]  # type: ignore[arg-type]
    assert [(t.low, t.low_inclusive) for t in orders.targets_for("two")] == [(Number(75), True), (Number(80), False)]  # type: ignore[arg-type]
    assert orders.targets_for() == orders.targets_for("one")

    mine = root(tmp_path / "mine", targets="orders: {max: 9}\n")
    replaced = load_catalog([*roots, mine]).catalog
    assert replaced is not None
    assert [target.high for target in replaced.kpis["orders"].targets_for("one")] == [Number(9)]  # type: ignore[arg-type]


def test_alerts_of_packs_and_project_add_up_and_get_names(tmp_path: Path) -> None:
    kpi = f"kpi: orders\ndirection: up\n{HEAD}formula: count(*)\nalerts: [{{when: value < 1, severity: low}}]\n"
    base = root(tmp_path / "base", "base", kpis__a=kpi)
    one = root(tmp_path / "one", "one", alerts="orders: {when: value < 2, severity: high}\n")
    mine = root(tmp_path / "mine", alerts="orders:\n  - {when: value < 3, severity: critical, name: none_left}\n")

    catalog = load_catalog([base, one, mine]).catalog

    assert catalog is not None
    alerts = [(alert.name, alert.when, alert.severity, alert.pack) for alert in catalog.kpis["orders"].alerts]
    assert alerts == [
        ("orders_1", "value < 1", Severity.LOW, "base"),
        ("orders_2", "value < 2", Severity.HIGH, "one"),
        ("none_left", "value < 3", Severity.CRITICAL, "project"),
    ]
    assert [alert.pack for alert in catalog.kpis["orders"].alerts_for("other")] == ["base", "project"]


def test_refresh_times_of_a_pack_reach_the_contract(tmp_path: Path) -> None:
    base = root(tmp_path / "base", "base", kpis__a=f"kpi: orders\n{HEAD}formula: count(*)\n")
    one = root(tmp_path / "one", "one", refresh='orders: {schedule: "30 0 * * *", sla: 3h}\n')

    catalog = load_catalog([base, one]).catalog

    assert catalog is not None
    refresh = catalog.kpis["orders"].contract.refresh
    assert refresh is not None
    assert (refresh.schedule, refresh.sla) == ("30 0 * * *", "3h")


def test_an_overlay_that_names_no_kpi_is_an_error_with_a_hint(tmp_path: Path) -> None:
    mine = root(tmp_path, kpis__a=f"kpi: orders\n{HEAD}formula: count(*)\n", targets="ordrs: {min: 3}\n")

    (problem,) = load_catalog([mine]).problems

    assert (problem.file, problem.line, problem.suggestion) == ("targets.yml", 1, ' Did you mean "orders"?')


def definition_hash(folder: Path, text: str) -> str:
    result = load_catalog([root(folder, kpis__a=text)])
    assert result.catalog is not None, said(result)
    return result.catalog.kpis["twice"].definition_hash


def test_the_definition_hash_follows_what_makes_the_number(tmp_path: Path) -> None:
    text = f"kpi: twice\nunit: count\nowner: a\nformula: 2 * orders\n---\nkpi: orders\n{HEAD}formula: count(*)\n"
    first = definition_hash(tmp_path / "a", text)

    assert definition_hash(tmp_path / "b", text.replace("2 * orders", "2*(orders)")) == first
    assert definition_hash(tmp_path / "c", text.replace("owner: a", "owner: b\nlabel: Twice")) == first
    assert definition_hash(tmp_path / "d", text.replace("2 * orders", "3 * orders")) != first
    assert definition_hash(tmp_path / "e", text.replace("count(*)", "count(*) filter (where not is_test)")) != first
    assert definition_hash(tmp_path / "f", text.replace("owner: a", "owner: a\nsettle: 2d")) != first


def test_the_order_puts_inputs_first_and_dependence_is_transitive(tmp_path: Path) -> None:
    derived = "kpi: {}\nunit: count\nowner: x\nformula: {}\n---\n"
    text = derived.format("a", "b + 1") + derived.format("b", "c * 2") + f"kpi: c\n{HEAD}formula: count(*)\n"

    catalog = load_catalog([root(tmp_path, kpis__a=text)]).catalog

    assert catalog is not None
    assert catalog.order == ("c", "b", "a")
    assert catalog.depends_on("a") == ("c", "b")
    assert catalog.dependents("c") == ("b", "a")


def test_models_streams_and_units_are_read_from_dbt_files(tmp_path: Path) -> None:
    catalog = load_catalog([root(tmp_path, imports__orders="anything: here\n")]).catalog

    assert catalog is not None
    payments = catalog.models["payments"]
    assert (payments.key, payments.times, payments.lookback) == (("payment_id",), ("paid_on",), {"orders": 3})
    assert str(payments.columns["amount"].unit) == "money"
    assert (catalog.streams["orders"].owner, catalog.streams["orders"].columns) == ("sales", ("key", "payload"))
    assert [Path(path).name for path in catalog.imports] == ["orders.yml"]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("{min: 1, above: 2}", "Two of these say the same bound"),
        ("{goal: 5}", "`goal` and `over` go together"),
        ('{min: "sum(amount)"}', "A target holds an aggregate"),
        ("{min: [1]}", "min is a list"),
        ("{milestones: {q1: 5}}", "q4"),
        ("{milestones: {q4: 5}, min: 1}", "`milestones` are the bounds of a row"),
        ("{milestones: {q4: 5}, goal: 5, over: year}", "`milestones` are the bounds of a row"),
        ("{minn: 1}", '"minn" is not a known field'),
    ],
)
def test_a_wrong_target_says_what_came(target: str, problem: str, tmp_path: Path) -> None:
    text = f"kpi: orders\ndirection: up\n{HEAD}formula: count(*)\ntarget: {target}\n"

    result = load_catalog([root(tmp_path, kpis__a=text)])

    assert [found.line for found in result.problems] == [8]
    assert problem in result.problems[0].message


@pytest.mark.parametrize(
    "hostile",
    [
        "'; drop table x; --",
        "../../etc/passwd",
        "{{ env_var('HOME') }}",
        "<script>alert(1)</script>",
        "a b",
        "ORDERS",
        "x" * 64,
    ],
)
def test_a_hostile_name_is_refused_wherever_a_name_stands(hostile: str, tmp_path: Path) -> None:
    quoted = '"' + hostile.replace('"', '\\"') + '"'
    kpi = f"kpi: {quoted}\n{HEAD}formula: count(*)\n"
    model = kpi.replace(quoted, "orders").replace("model: orders", f"model: {quoted}")
    dimension = f"kpi: b\n{HEAD}formula: count(*) filter (where is_test)\ndimensions: [{quoted}]\n"
    board = f"board: {quoted}\nlabel: x\nsections: [{{label: y, tiles: [{{kpi: {quoted}}}]}}]\n"

    result = load_catalog([root(tmp_path, kpis__a="\n---\n".join([kpi, model, dimension, board]))])

    assert result.catalog is None
    assert {problem.line for problem in result.errors} == {1, 12, 23, 26, 28}


def test_hostile_text_where_text_is_meant_is_kept_as_text(tmp_path: Path) -> None:
    label = "<script>alert('🚗')</script> {{ x }} =1+1"
    result = load_catalog([root(tmp_path, kpis__a=f'kpi: orders\nlabel: "{label}"\n{HEAD}formula: count(*)\n')])

    assert result.catalog is not None
    assert result.catalog.kpis["orders"].contract.label == label


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 900), st.integers(0, 40), st.text(max_size=12))
def test_a_damaged_file_never_raises(start: int, length: int, inserted: str) -> None:
    text = (FIXTURES / "ten_mistakes.yml").read_text()
    damaged = text[:start] + inserted + text[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kpis").mkdir()
        (Path(folder) / "kpis" / "a.yml").write_bytes(damaged.encode("utf-8", "surrogatepass"))
        result = load_catalog([CatalogRoot(Path(folder), project=True)])

    assert result.catalog is None
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in result.problems)

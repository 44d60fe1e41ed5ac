"""Every rule of the linter against a wrong and a right file; `# wrong` in a fixture marks each line that the rule must name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assay.catalog.linter import rules
from assay.catalog.loader import CatalogRoot, LoadResult, load_catalog
from assay.errors import UsageError

FIXTURES = Path(__file__).parents[2] / "fixtures" / "catalog"
RULES = sorted(folder.name for folder in (FIXTURES / "rules").iterdir())


def place_of(file: Path) -> str:
    """Return where a project has the file: KPIs and boards in `kpis`, a refresh configuration in `jobs`."""
    return f"{'jobs' if file.read_text().startswith('data_sets:') else 'kpis'}/shop.yml"


def load(folder: Path, file: Path, *rule_folders: Path) -> LoadResult:
    shutil.copytree(FIXTURES / "models", folder / "models", dirs_exist_ok=True)
    place = folder / place_of(file)
    place.parent.mkdir()
    shutil.copy(file, place)
    return load_catalog([CatalogRoot(folder, project=True)], rule_folders)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_each_wrong_line_and_no_other(rule: str, tmp_path: Path) -> None:
    wrong = FIXTURES / "rules" / rule / "wrong.yml"
    expected = {number for number, line in enumerate(wrong.read_text().splitlines(), 1) if "# wrong" in line}

    found = [problem for problem in load(tmp_path, wrong).problems if problem.rule == rule]

    assert {problem.line for problem in found} == expected
    assert all(problem.message and problem.remedy for problem in found)
    assert {problem.file for problem in found} == {place_of(wrong)}


@pytest.mark.parametrize("rule", RULES)
def test_a_right_file_has_no_problem_at_all(rule: str, tmp_path: Path) -> None:
    result = load(tmp_path, FIXTURES / "rules" / rule / "right.yml")

    assert [str(problem) for problem in result.problems] == []
    assert result.catalog is not None


def test_every_rule_has_a_wrong_and_a_right_file() -> None:
    assert {rule.name for rule in rules()} == set(RULES)


def test_every_rule_explains_itself_to_users() -> None:
    assert all(len(rule.explanation) > 40 and rule.explanation.endswith((".", ".\n")) for rule in rules())


def test_a_rule_from_another_folder_is_found_by_itself(tmp_path: Path) -> None:
    extra = tmp_path / "my_rules"
    extra.mkdir()
    (extra / "shouting.py").write_text(
        '"""Labels do not shout."""\n'
        'RULE = "shouting"\n'
        "def check(draft):\n"
        "    for kpi in draft.kpis.values():\n"
        "        if kpi.title.isupper() if hasattr(kpi, 'title') else kpi.contract.title.isupper():\n"
        "            yield kpi.problem('label', f'{kpi.name} shouts.', 'Write it in lower case.')\n"
    )
    kpis = tmp_path / "loud.yml"
    kpis.write_text("kpi: a\nlabel: LOUD\nunit: count\nowner: me\nmodel: orders\ntime: created_on\nformula: count(*)\n")

    result = load(tmp_path, kpis, extra)

    assert [(problem.rule, problem.line, problem.column) for problem in result.problems] == [("shouting", 2, 8)]
    assert result.catalog is None


def test_a_file_that_is_no_rule_is_refused_with_what_a_rule_is(tmp_path: Path) -> None:
    (tmp_path / "nothing.py").write_text("RULE = 3\n")

    with pytest.raises(UsageError, match="is not a rule"):
        rules([tmp_path])

"""YAML from strangers: places of values, plain scalars, and files made to exhaust the reader."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assay.catalog.problem import Problem
from assay.catalog.yaml_files import Document, read_documents, scalar

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
)


def read(tmp_path: Path, content: str | bytes) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    file = tmp_path / "x.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_documents(file, "x.yml")


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: 1\nb: 2\na: 3\n", 3, "written twice; the first stands in line 1"),
        ("a: b: c\n", 1, "not YAML"),
        ("c: 1\na: 'x\nb: 2\n", 2, "not YAML"),
        ("a: *nobody\n", 1, "not YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: !secret x\n", 1, "tag"),
        ("? [a]\n: b\n", 1, "as a key"),
        ("a: 1\nb: \0\n", 2, "NUL"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: 1\n" * 250_000, 1, "larger than"),
        ("[" * 100_000, 1, "nested"),
        ("- " * 100_000, 1, "nested"),
        (BOMB, 1, "aliases are expanded"),
        ("a: &a [*a]\n", 1, "holds itself"),
        ("a: &a x\nb: [" + "*a," * 2000 + "]\n", 2, "1,000 aliases"),
    ],
)
def test_a_hostile_or_broken_file_is_a_problem_with_a_line(content: str | bytes, line: int, words: str, tmp_path: Path) -> None:
    _, problems = read(tmp_path, content)

    assert [problem.line for problem in problems] == [line]
    assert words in problems[0].message
    assert problems[0].remedy


def test_documents_before_a_syntax_error_are_kept(tmp_path: Path) -> None:
    documents, problems = read(tmp_path, "kpi: a\n---\nkpi: [\n")

    assert [document.data for document in documents] == [{"kpi": "a"}]
    assert len(problems) == 1


def test_a_value_knows_its_line_and_column_and_so_does_a_word_in_it(tmp_path: Path) -> None:
    (first, second), _ = read(tmp_path, 'a: 1\n---\nb:\n  - c: sum(x)\n  - c: "sum(y)"\n  - c: >\n      folded\n')

    assert first.mark("a") == (1, 4)
    assert second.mark("b", 0, "c") == (4, 8)
    assert second.key_mark("b", 0, "c") == (4, 5)
    assert second.inside(5, "b", 0, "c") == (4, 12)
    assert second.inside(5, "b", 1, "c") == (5, 13)
    assert second.inside(5, "b", 2, "c") == second.mark("b", 2, "c")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("true", True),
        ("yes", "yes"),
        ("12", 12),
        ("007", "007"),
        ("0.10", Decimal("0.10")),
        ("1e3", Decimal("1E+3")),
        ("1e999", "1e999"),
        (".nan", ".nan"),
        ("2026-01-01", "2026-01-01"),
        ("12:30", "12:30"),
    ],
)
def test_a_plain_word_means_what_it_says(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_merge_keys_of_dbt_files_are_followed(tmp_path: Path) -> None:
    (document,), problems = read(tmp_path, "base: &base {x: 1, y: 2}\nmore:\n  <<: *base\n  y: 3\n")

    assert document.data["more"] == {"x": 1, "y": 3}
    assert problems == ()

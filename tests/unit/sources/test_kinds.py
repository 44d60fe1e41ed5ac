"""Import kinds are data, and what is wrong in them is listed with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.errors import UsageError
from assay.sources.files import import_kinds
from tests.unit.sources.support import KINDS, ROOT, Shop

TOY = """import: visits
label: Visits
time: at
columns:
  at: {type: instant, required: true}
  day: {type: text}
  select: {type: integer, min: 0}
streams:
  - stream: visits
    key: [at, select]
    fields: {at: at, day: day, many: select, checked: {constant: true}}
completes:
  - stream: visits
"""


def declare(folder: Path, text: str, name: str = "visits") -> Path:
    (folder / "imports").mkdir(parents=True, exist_ok=True)
    (folder / "imports" / f"{name}.yml").write_text(text)
    return folder


def test_a_new_kind_is_one_file(tmp_path: Path) -> None:
    kinds = import_kinds([ROOT / "packs" / "base", declare(tmp_path / "pack", TOY)])
    assert {"orders", "visits"} <= set(kinds)
    shop = Shop(tmp_path)
    shop.take("at,day,select\n2026-03-01T10:00:00Z,monday,3\n", declared=kinds["visits"])
    assert shop.payloads("visits") == [{"at": "2026-03-01T10:00:00Z", "day": "monday", "many": 3, "checked": True}]


def test_the_base_pack_declares_its_kinds() -> None:
    assert set(KINDS) >= {
        "customers",
        "orders",
        "order_lines",
        "payments",
        "refunds",
        "refund_lines",
        "products",
        "fulfillments",
        "inventory_levels",
    }


def test_no_code_knows_a_kind_by_name() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src" / "assay" / "sources").rglob("*.py"))
    assert [name for name in (*KINDS, "financial_status") if f'"{name}"' in code or f"'{name}'" in code] == []


def test_everything_that_is_wrong_is_listed_with_file_and_line(tmp_path: Path) -> None:
    declare(tmp_path, TOY.replace("type: integer", "type: intger").replace("required", "requird"))
    declare(tmp_path, "import: [", "torn")
    declare(tmp_path, TOY, "other")
    with pytest.raises(UsageError) as caught:
        import_kinds([tmp_path])
    problem = caught.value.problem
    assert "visits.yml:7: columns.select.type" in problem
    assert 'visits.yml:5: columns.at.requird: there is no such field. Did you mean "required"?' in problem
    assert "torn.yml:1" in problem or "torn.yml:2" in problem
    assert "other.yml:1: the file declares 'visits'" in problem


def test_a_stream_cannot_name_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='Did you mean "select"'):
        import_kinds([declare(tmp_path, TOY.replace("many: select", "many: selct"))])


def test_one_kind_in_two_packs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="declared in"):
        import_kinds([declare(tmp_path / "a", TOY), declare(tmp_path / "b", TOY)])

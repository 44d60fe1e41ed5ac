"""What a failing check tells of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import duckdb
import pyarrow as pa
import pytest

from assay.engines.protocol import Engine
from assay.runtime.problems.faulty_rows import LONGEST, with_rows
from assay.values.check import Check, checks_sentence


class Asked:
    """An engine that only answers queries, and keeps them."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        self.queries.append(sql)
        table: Any = duckdb.connect().execute(sql, parameters).to_arrow_table()
        return table


def check(failures: int = 1, **more: Any) -> Check:
    return Check(
        name="calls_have_agents",
        models=("fct_calls",),
        status="failed",
        failures=failures,
        checked_at=datetime(2026, 3, 1, tzinfo=UTC),
        **more,
    )


def found(sql: str, failures: int = 1) -> tuple[str, ...]:
    (told,) = with_rows([check(failures)], {"calls_have_agents": sql}, cast(Engine, Asked()))
    return told.rows


def test_the_first_three_rows_are_told_by_name_and_reason() -> None:
    sql = "select 'c' || (5 - i) as row_id, 'no agent' as reason from range(5) as numbers(i)"
    assert found(sql, 5) == ("c1 (no agent)", "c2 (no agent)", "c3 (no agent)")


def test_a_check_that_tells_no_rows_is_not_asked_again() -> None:
    engine = Asked()
    assert with_rows([check()], {"calls_have_agents": "select call_id from calls"}, cast(Engine, engine)) == (check(),)
    assert engine.queries == []


def test_a_check_that_passed_stays_as_it_is() -> None:
    assert with_rows([check(0)], {}, cast(Engine, Asked())) == (check(0),)


def test_the_words_row_id_and_reason_alone_make_no_row() -> None:
    assert found("select 1 as row_ids, 'row_id, reason' as told") == ()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("null as row_id, 'no agent' as reason", "a row without a name (no agent)"),
        ("'a' || chr(27) || '[31m' as row_id, 'x' || chr(10) || 'y' as reason", "a?[31m (x?y)"),
        ("'c1' as row_id, repeat('x', 999) as reason", f"c1 ({'x' * (LONGEST - 4)}…"),
    ],
)
def test_what_came_from_outside_stays_on_its_line(row: str, told: str) -> None:
    assert found(f"select {row}") == (told,)


def test_a_sentence_counts_the_rows_that_it_does_not_name() -> None:
    rows = ("c1 (no agent)", "c2 (no agent)", "c3 (no agent)")
    assert (
        checks_sentence([check(1, rows=rows[:1])])
        == "The check calls_have_agents fails: 1 row does not pass it: c1 (no agent)."
    )
    assert checks_sentence([check(1_204, rows=rows)]).endswith(
        "1,204 rows do not pass it: c1 (no agent), c2 (no agent), c3 (no agent) and 1,201 more."
    )
    assert checks_sentence([check(2)]) == "The check calls_have_agents fails: 2 rows do not pass it."

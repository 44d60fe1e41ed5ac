"""The materialization `fact`: what it writes, what it logs, and that a build that dies leaves nothing half done."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .shop import Shop


@pytest.fixture
def shop(project: Shop) -> Shop:
    """Return the project as it is after its first build."""
    for name, text in project.models.items():
        model = project.folder / "models" / name
        if model.read_text() != text:
            model.write_text(text)
    project.execute(
        """drop table if exists main.items; drop table if exists assay.changed_days; delete from raw.items;
           insert into raw.items values
           ('a', '2026-03-01', '2026-03-02', 100, null),
           ('b', '2026-03-01', null, 200, 'x'),
           ('c', '2026-03-03', null, 300, null)"""
    )
    build(project)
    return project


def build(shop: Shop, *arguments: str) -> None:
    run = shop.dbt("run", "--select", "items", *arguments)
    assert run.success, run.bad()


def edit(shop: Shop, model: str, old: str, new: str) -> None:
    text = shop.models[model]
    assert old in text
    (shop.folder / "models" / model).write_text(text.replace(old, new))


def changes(shop: Shop, since: int) -> list[tuple[Any, ...]]:
    return shop.execute(
        f"""select time_column, strftime(day, '%m-%d'), kind, "rows" from assay.changed_days
            where model = 'items' and seq > {since} order by all"""
    )


def test_the_first_build_logs_every_day_as_built_and_a_row_without_a_day_counts_nowhere(shop: Shop) -> None:
    assert changes(shop, 0) == [
        ("created_on", "03-01", "built", 2),
        ("created_on", "03-03", "built", 1),
        ("done_on", "03-02", "built", 1),
    ]


def test_a_build_of_unchanged_data_logs_nothing(shop: Shop) -> None:
    before = shop.last_change()
    build(shop)
    assert shop.last_change() == before


def test_only_the_days_of_changed_rows_are_logged_each_with_what_happened(shop: Shop) -> None:
    before = shop.last_change()
    shop.execute(
        """update raw.items set amount = 101 where id = 'a';
           delete from raw.items where id = 'b';
           insert into raw.items values ('d', '2026-03-01', null, 1, null)"""
    )
    build(shop)
    assert changes(shop, before) == [
        ("created_on", "03-01", "deleted", 1),
        ("created_on", "03-01", "inserted", 1),
        ("created_on", "03-01", "updated", 1),
        ("done_on", "03-02", "updated", 1),
    ]
    assert shop.execute("select id, amount from main.items order by id") == [("a", 101), ("c", 300), ("d", 1)]


def test_a_row_that_moves_marks_the_day_it_left_and_the_day_it_came_to(shop: Shop) -> None:
    before = shop.last_change()
    shop.execute("update raw.items set created_on = '2026-03-05', done_on = null where id = 'a'")
    build(shop)
    assert changes(shop, before) == [
        ("created_on", "03-01", "updated", 1),
        ("created_on", "03-05", "updated", 1),
        ("done_on", "03-02", "updated", 1),
    ]


def test_a_value_that_becomes_null_and_a_null_that_becomes_a_value_are_changes(shop: Shop) -> None:
    before = shop.last_change()
    shop.execute("update raw.items set note = case when note is null then 'y' end")
    build(shop)
    assert changes(shop, before) == [
        ("created_on", "03-01", "updated", 2),
        ("created_on", "03-03", "updated", 1),
        ("done_on", "03-02", "updated", 1),
    ]
    assert shop.execute("select id, note from main.items order by id") == [("a", "y"), ("b", None), ("c", "y")]


def test_a_change_of_columns_rebuilds_and_logs_the_days_before_and_after(shop: Shop) -> None:
    before = shop.last_change()
    shop.execute("delete from raw.items where id = 'c'; insert into raw.items values ('d', '2026-03-09', null, 1, null)")
    edit(shop, "items.yml", "name: amount, data_type: BIGINT", "name: amount, data_type: HUGEINT")
    edit(shop, "items.sql", " amount,", " amount::hugeint as amount,")
    build(shop)
    assert changes(shop, before) == [
        ("created_on", "03-01", "built", 2),
        ("created_on", "03-03", "built", 1),
        ("created_on", "03-09", "built", 1),
        ("done_on", "03-02", "built", 1),
    ]
    assert shop.execute("select typeof(amount) from main.items limit 1") == [("HUGEINT",)]


def test_a_view_that_becomes_a_fact_is_built_anew(shop: Shop) -> None:
    edit(shop, "items.sql", "materialized='fact'", "materialized='view'")
    build(shop)
    before = shop.last_change()
    edit(shop, "items.sql", "", "")
    build(shop)
    assert [row[2] for row in changes(shop, before)] == ["built"] * 3
    assert shop.execute("select table_type from information_schema.tables where table_name = 'items'")[0] == ("BASE TABLE",)


def test_a_full_refresh_logs_every_day_again(shop: Shop) -> None:
    before = shop.last_change()
    build(shop, "--full-refresh")
    assert [row[2] for row in changes(shop, before)] == ["built"] * 3


def test_a_lost_log_is_written_again_in_full(shop: Shop) -> None:
    shop.execute("drop table assay.changed_days")
    build(shop)
    assert [row[1] for row in changes(shop, 0)] == ["03-01", "03-03", "03-02"]


@pytest.mark.parametrize("second", ["'a'", "null"])
def test_rows_that_share_a_key_or_have_none_stop_the_build_and_name_it(shop: Shop, second: str) -> None:
    before = shop.last_change()
    shop.execute(f"insert into raw.items values ({second}, '2026-03-09', null, 5, null)")
    run = shop.dbt("run", "--select", "items")
    assert not run.success
    assert "told apart by their key (id): (" + second.strip("'").replace("null", "None") + ")" in run.messages["items"]
    assert shop.last_change() == before
    assert shop.execute("select count(*), sum(amount) from main.items") == [(3, 600)]


def test_columns_that_the_contract_does_not_name_stop_the_build(shop: Shop) -> None:
    edit(shop, "items.sql", "note", "note, 1 as extra")
    run = shop.dbt("run", "--select", "items")
    assert not run.success
    assert "extra" in run.messages["items"]


def test_a_fact_without_a_key_is_refused_with_an_example(shop: Shop) -> None:
    edit(shop, "items.yml", "key: [id], ", "")
    run = shop.dbt("run", "--select", "items")
    assert "needs `key` in its config" in run.messages["items"]


def test_a_build_that_is_killed_leaves_the_table_and_the_log_of_before_or_after(shop: Shop) -> None:
    """Each round changes every row; the table and the log must tell the same story whenever the process died."""
    shop.execute(
        "insert into raw.items select 'n' || i, date '2026-01-01' + (i % 50)::int, null, 0, null from range(100000) t(i)"
    )
    build(shop)
    shop.execute("update raw.items set amount = 0")
    started = time.monotonic()
    shop.start_dbt("run", "--select", "items").join()
    whole = time.monotonic() - started
    for amount, part in enumerate([0.5, 0.6, 0.7, 0.8, 0.85, 0.9], start=1):
        shop.execute(f"update raw.items set amount = {amount}")
        before = shop.last_change()
        old = shop.execute("select sum(amount) from main.items")
        process = shop.start_dbt("run", "--select", "items")
        process.join(whole * part)
        process.kill()
        process.join()
        new = shop.execute("select sum(amount) from main.items")
        logged = sum(row[3] for row in changes(shop, before) if row[0] == "created_on")
        assert (new, logged) in [(old, 0), ([(amount * 100003,)], 100003)]
    build(shop)
    assert shop.execute("select count(*), min(amount), max(amount) from main.items") == [(100003, 6, 6)]

"""The marts of the benchmark: the demo company's rows multiplied in SQL, by deterministic hashes, a month at a time.

Every copy has customers, order numbers, amounts and minutes of its own; 24 months of the company are stretched over three
years. `orders` has 0.4 times as many rows as `order_lines`, `events` twice as many, `tickets` 0.8 %. `visits` (how far each
visitor came on each day), `customers` (their history, a row each) and `subscriptions` (what a tenth of them pay a month) are
made from these, as dbt marts would be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.scale.company import make_base

LAST = date(2026, 8, 20)
FIRST = LAST - timedelta(days=1094)
ZONE = "America/Los_Angeles"
BUCKETS = 16
"""In so many parts is the customers' history made, so that it fits the memory."""
KEYS = {
    "order_lines": ("line_id", "sold_on"),
    "orders": ("order_id", "created_on"),
    "events": ("event_id", "happened_on"),
    "visits": ("visitor_id", "visited_on"),
    "tickets": ("ticket_id", "opened_on"),
    "customers": ("customer_id", "first_on"),
    "subscriptions": ("phase_id", "begins_on"),
}
"""Each table with its key and its day."""
STEPS = ("view", "product", "cart", "checkout", "purchase")


def chance(what: str, salt: int, of: int) -> str:
    """Return the SQL of a whole number below `of` that `what` and `salt` alone decide."""
    return f"(hash({what}, {salt}) % {of})::bigint"


def orders_sql(orders: int, first: int, last: int) -> str:
    """Return the orders of the days `first` to `last`, counted from `FIRST`, without the lines' columns cut off."""
    copies = "(select range as copy, (select count(*) from base.one_order) as size, "
    copies += "(select max(customer) + 1 from base.one_order) as people from range(0, "
    copies += f"{orders} // (select count(*) from base.one_order) + 1))"
    near = f"day between {first * 2 // 3 - 1} and {last * 2 // 3 + 1}"
    return f"""
      select order_id, customer_id, date '{FIRST}' + day::integer as created_on,
        timezone('{ZONE}', (date '{FIRST}' + day::integer)::timestamp + to_seconds(second)) as created_at,
        channel, (amount * percent) // 100 as amount,
        case {chance("order_id", 5, 8)} when 0 then (amount * percent) // 1000 else 0 end as discount,
        (refunded * percent) // 100 as refunded,
        minutes_to_ship + {chance("order_id", 6, 240)} as minutes_to_ship, is_paid, is_cancelled,
        percent, skus, units, amounts
      from (
        select copy * size + n as order_id, if(is_guest, null, copy * people + customer) as customer_id,
          (3 * day + {chance("copy * size + n", 1, 3)}) // 2 as day,
          (second + {chance("copy * size + n", 2, 7200)}) % 86400 as second,
          80 + {chance("copy * size + n", 3, 60)} as percent, * exclude (n, customer, day, second)
        from {copies} cross join base.one_order where {near} and copy * size + n < {orders}
      )
      where day between {first} and {last}
    """


def lines_sql() -> str:
    """Return the lines of `chunk`: one to four an order, two and a half on average."""
    return f"""
      select order_id * 4 + line as line_id, order_id, created_on as sold_on, created_at as sold_at,
        skus[place] as sku, skus[place][:3] as category, channel, units[place] as units,
        (amounts[place] * percent) // 100 as amount,
        (amounts[place] * percent * (40 + {chance("order_id", 8, 30)})) // 10000 as cost,
        {chance("order_id * 4 + line", 9, 100)} < 4 as is_returned
      from (
        select *, unnest(range(1 + {chance("order_id", 7, 4)})) as line, (line % len(skus)) + 1 as place from chunk
      )
    """


def events_sql(orders: int) -> str:
    """Return five events for each order of `chunk`: a visit by somebody, who comes as far as a hash decides."""
    somebody = f"case when {chance('order_id', 10, 3)} = 0 then customer_id else {chance('order_id', 11, orders // 4 + 1)} end"
    deep = chance("order_id", 12, 100)
    kinds = ", ".join(f"'{step}'" for step in STEPS)
    return f"""
      select order_id * 5 + step - 1 as event_id,
        coalesce(visitor, {chance("order_id", 13, orders // 4 + 1)}) as visitor_id, created_on as happened_on,
        created_at + to_seconds(step * 20) as happened_at,
        [{kinds}][if(step <= depth, step, 1)] as kind,
        20 + {chance("order_id * 5 + step", 14, 2000)} * {chance("order_id * 5 + step", 15, 2000)} // 1000 as load_ms
      from (
        select *, {somebody} as visitor, unnest(range(1, 6)) as step,
          case when {deep} < 35 then 1 when {deep} < 65 then 2 when {deep} < 80 then 3 when {deep} < 91 then 4
            else 5 end as depth
        from chunk
      )
    """


def visits_sql(first: int, last: int) -> str:
    """Return how far each visitor came on each of the days."""
    steps = ", ".join(f"'{step}'" for step in STEPS)
    return f"""
      select visitor_id, happened_on as visited_on, max(list_position([{steps}], kind))::integer as depth from events
      where happened_on between date '{FIRST}' + {first} and date '{FIRST}' + {last} group by all
    """


def tickets_sql(tickets: int) -> str:
    """Return the tickets, in the same way as the orders."""
    size = "(select count(*) from base.one_ticket)"
    return f"""
      select ticket_id, date '{FIRST}' + day::integer as opened_on,
        timezone('{ZONE}', (date '{FIRST}' + day::integer)::timestamp + to_seconds(second)) as opened_at, channel, is_urgent,
        minutes_to_reply + {chance("ticket_id", 22, 30)} as minutes_to_reply,
        minutes_to_resolve + {chance("ticket_id", 23, 240)} as minutes_to_resolve
      from (
        select copy * size + n as ticket_id, (3 * day + {chance("copy * size + n", 21, 3)}) // 2 as day,
          * exclude (day)
        from (select range as copy, {size} as size from range(0, {tickets} // {size} + 1)) cross join base.one_ticket
        where copy * size + n < {tickets}
      )
      where day <= {(LAST - FIRST).days}
    """


def customers_sql(bucket: int) -> str:
    """Return the history of a part of the customers: their first and second paid order, and in which months they came back."""
    months = ", ".join(f"months & {1 << month} > 0 as month_{month}" for month in (1, 2, 3, 6, 12))
    return f"""
      with paid as (
        select customer_id, created_on, order_id, amount from orders
        where is_paid and customer_id is not null and customer_id % {BUCKETS} = {bucket}
      ),
      firsts as (
        select customer_id, min(created_on, 2) as earliest, arg_min(amount, (created_on, order_id)) as first_amount
        from paid group by 1
      )
      select customer_id, earliest[1] as first_on, earliest[2] as second_on, first_amount,
        bit_or(case when month < 63 then 1::bigint << month else 0 end) as months, {months}
      from (select *, datediff('month', earliest[1], created_on) as month from paid join firsts using (customer_id))
      group by customer_id, earliest, first_amount
    """


def subscriptions_sql() -> str:
    """Return the phases of every tenth customer's subscription: up to three, one after the other or after a pause."""
    phases = ["select customer_id, first_on as begins_on, first_on + 30 + {0} as ends_on, 0 as step from subscriber"]
    for step in (1, 2):
        pause = (
            f"case when {chance('customer_id', 34 + step, 3)} = 0 then 20 + {chance('customer_id', 36 + step, 60)} else 0 end"
        )
        phases.append(
            f"select customer_id, ends_on + ({pause})::integer as begins_on, "
            f"ends_on + ({pause})::integer + 30 + {{0}} as ends_on, {step} as step "
            f"from phase_{step - 1} where {chance('customer_id', 38 + step, 10)} < 7"
        )
    length = f"({chance('customer_id * 3 + step', 32, 330)})::integer"
    named = [
        f"phase_{step} as (select * from ({sql.format(length.replace('step', str(step)))}))" for step, sql in enumerate(phases)
    ]
    every = " union all ".join(f"select * from phase_{step}" for step in range(3))
    open_end = f"if(ends_on > date '{LAST}', null, ends_on)"
    return f"""
      with subscriber as (select customer_id, first_on from customers where {chance("customer_id", 31, 10)} = 0),
      {", ".join(named)}
      select customer_id * 3 + step as phase_id, customer_id, begins_on, {open_end} as ends_on,
        timezone('{ZONE}', begins_on::timestamp) as begins_at, timezone('{ZONE}', {open_end}::timestamp) as ends_at,
        [1900, 4900, 9900][1 + {chance("customer_id * 3 + step", 33, 3)}]::bigint as monthly
      from ({every}) where begins_on <= date '{LAST}'
    """


def make(path: Path, lines: int, said: Callable[[str], None]) -> None:
    """Make the tables, each ordered by day, in a new DuckDB file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    orders, tickets = lines * 2 // 5, max(1, lines // 125)
    with duckdb.connect(str(path)) as connection:
        bounded(connection, path)
        make_base(connection)
        days = (LAST - FIRST).days + 1
        step = 31 if lines <= 20_000_000 else 16
        for first in range(0, days, step):
            last = min(first + step, days) - 1
            connection.execute(f"create or replace temporary table chunk as {orders_sql(orders, first, last)}")
            parts = {
                "orders": "select * exclude (percent, skus, units, amounts) from chunk",
                "order_lines": lines_sql(),
                "events": events_sql(orders),
            }
            for table, sql in parts.items():
                _append(connection, table, sql)
            _append(connection, "visits", visits_sql(first, last))
            if first // step % 12 == 0:
                said(f"orders up to {FIRST + timedelta(days=last)}")
        connection.execute("drop table chunk")
        _append(connection, "tickets", tickets_sql(tickets))
        for bucket in range(BUCKETS):
            _append(connection, "history", customers_sql(bucket))
        connection.execute("create table customers as select * from history order by first_on, customer_id")
        connection.execute("drop table history")
        _append(connection, "subscriptions", subscriptions_sql())
        connection.execute("drop schema base cascade")
        connection.execute("checkpoint")


def _append(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    key, day = KEYS.get(table, KEYS["customers"])
    connection.execute(f"create table if not exists {table} as select * from ({sql}) limit 0")
    connection.execute(f"insert into {table} select * from ({sql}) order by {day}, {key}")


def shuffle(source: Path, path: Path, said: Callable[[str], None]) -> None:
    """Make the same tables in another file, their rows ordered by a hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        bounded(connection, path)
        connection.execute(f"attach '{source}' as ordered (read_only)")
        for table, (key, day) in KEYS.items():
            connection.execute(f"create table {table} as select * from ordered.{table} order by hash({key}, {day}), {key}")
            said(f"{table} shuffled")
        connection.execute("checkpoint")


def bounded(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Keep the connection's memory and threads within what the benchmark may use; what does not fit goes to the disk."""
    connection.execute(f"set temp_directory = '{path.parent / 'spill'}'")
    connection.execute("set memory_limit = '4GB'")
    connection.execute("set threads = 2")
    connection.execute("set TimeZone = 'UTC'")


def sizes(path: Path) -> dict[str, int]:
    """Return how many rows each table has."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: connection.execute(f"select count(*) from {name}").fetchall()[0][0] for name in KEYS}

"""The demo company's records, once and small, as tables that are then multiplied: orders with their lines, and tickets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from assay.demo import DemoCompany, first_day

END = datetime(2026, 8, 21, 15, tzinfo=UTC)
"""When the questions are asked: in the middle of a quarter, so that the eight periods are eight different ones."""
DEMO_SCALE = 0.2
"""Some 6,000 orders of 24 months."""
STREAMS = ("orders", "order_lines", "refunds", "fulfillments", "conversations")

ORDERS = """
create or replace table base.one_order as
with orders as (
  select payload->>'order_id' as id, payload->>'customer_id' as customer, (payload->>'ordered_at')::timestamptz as moment,
    payload->>'channel' as channel, ((payload->>'total')::decimal(18, 2) * 100)::bigint as amount,
    payload->>'financial_status' as status, payload->>'cancelled_at' is not null as is_cancelled
  from raw_orders
  qualify row_number() over (partition by id order by received_at desc) = 1
),
lines as (
  select payload->>'order_id' as id, list(payload->>'sku' order by key) as skus,
    list((payload->>'quantity')::bigint order by key) as units,
    list(((payload->>'amount')::decimal(18, 2) * 100)::bigint order by key) as amounts
  from (from raw_order_lines qualify row_number() over (partition by key order by received_at desc) = 1) group by 1
),
refunded as (
  select payload->>'order_id' as id, sum(((payload->>'amount')::decimal(18, 2) * 100)::bigint)::bigint as refunded
  from (from raw_refunds qualify row_number() over (partition by key order by received_at desc) = 1) group by 1
),
shipped as (
  select payload->>'order_id' as id, min((payload->>'fulfilled_at')::timestamptz) as moment from raw_fulfillments group by 1
)
select
  (row_number() over (order by hash(orders.id)) - 1)::bigint as n,
  (dense_rank() over (order by customer) - 1)::bigint as customer,
  orders.customer is null as is_guest,
  (orders.moment::date - (select min(moment)::date from orders))::bigint as day,
  (epoch(orders.moment) % 86400)::bigint as second,
  channel, amount, status in ('paid', 'partially_refunded', 'refunded') as is_paid, is_cancelled,
  least(coalesce(refunded, 0), amount) as refunded,
  datediff('minute', orders.moment, shipped.moment) as minutes_to_ship,
  skus, units, amounts
from orders join lines using (id) left join refunded using (id) left join shipped using (id)
order by n
"""
TICKETS = """
create or replace table base.one_ticket as
with tickets as (
  select payload->>'conversation_id' as id, (payload->>'opened_at')::timestamptz as moment,
    (payload->>'first_response_at')::timestamptz as replied_at, (payload->>'resolved_at')::timestamptz as resolved_at,
    (payload->>'is_urgent')::boolean as is_urgent, payload->>'channel' as channel
  from raw_conversations
  qualify row_number() over (partition by id order by received_at desc) = 1
)
select
  (row_number() over (order by hash(id)) - 1)::bigint as n,
  (moment::date - (select min(moment)::date from tickets))::bigint as day,
  (epoch(moment) % 86400)::bigint as second, is_urgent, channel,
  datediff('minute', moment, replied_at) as minutes_to_reply, datediff('minute', moment, resolved_at) as minutes_to_resolve
from tickets
order by n
"""


def make_base(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `base.one_order` and `base.one_ticket`: the demo company's rows, numbered, with days counted from its first."""
    company = DemoCompany(first_day(END), END + timedelta(days=4), 7, DEMO_SCALE)  # so that the last day asked is a whole one
    found: dict[str, list[pa.Table]] = {name: [] for name in STREAMS}
    for batch in company.batches():
        if batch.stream in found:
            found[batch.stream].append(batch.records)
    for name, tables in found.items():
        connection.register(f"arrow_{name}", pa.concat_tables(tables))
        connection.execute(f"create or replace temporary table raw_{name} as select * from arrow_{name}")
    connection.execute("create schema if not exists base")
    connection.execute(ORDERS)
    connection.execute(TICKETS)
    for name in STREAMS:
        connection.execute(f"drop table raw_{name}")
        connection.unregister(f"arrow_{name}")

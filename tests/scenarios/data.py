"""Hand-made files whose numbers can be checked with a pencil."""

from __future__ import annotations

from datetime import date, timedelta

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
HEADINGS = "order_id,customer_id,ordered_at,total,financial_status,is_test,cancelled_at"


def noon(day: date) -> str:
    """Return noon of the shop's winter day, as an instant."""
    return f"{day.isoformat()}T20:00:00+00:00"


def plain_days(first: date = FIRST, last: date = LAST) -> list[date]:
    """Return the days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def plain_orders() -> str:
    """Return the orders of February: on day d one of 100 + d dollars by one of five customers, and a guest's of 50."""
    lines = [HEADINGS]
    for day in plain_days():
        lines.append(f"A{day.day},c{day.day % 5},{noon(day)},{100 + day.day}.00,paid,false,")
        lines.append(f"B{day.day},,{noon(day)},50.00,paid,false,")
    return "\n".join(lines) + "\n"


def gross_of(day: date) -> int:
    """Return the dollars captured on a day of February."""
    return 150 + day.day


MIXED_ORDERS = f"""{HEADINGS}
o0,c0,2026-02-01T20:00:00+00:00,10.00,partially_refunded,false,
o1,c1,2026-02-10T18:00:00+00:00,100.00,paid,false,
o2,c2,2026-02-10T18:01:00+00:00,80.00,partially_refunded,false,
o3,c3,2026-02-10T18:02:00+00:00,60.00,refunded,false,
o4,c4,2026-02-10T18:03:00+00:00,500.00,voided,false,
o5,c1,2026-02-10T18:04:00+00:00,40.00,refunded,true,
o6,c5,2026-02-10T18:05:00+00:00,120.00,refunded,false,2026-02-11T01:00:00+00:00
o7,c6,2026-02-10T18:06:00+00:00,75.00,refunded,false,
o8,c7,2026-02-10T18:07:00+00:00,33.00,pending,false,
o9,c8,2026-02-10T18:08:00+00:00,44.00,authorized,false,
o10,c9,2026-02-13T20:00:00+00:00,20.00,partially_refunded,false,
"""
"""One order of each kind on 10 February, one ordinary order at each end."""

MIXED_REFUNDS = """refund_id,order_id,amount,refunded_at,reason
r0,o0,5.00,2026-02-01T21:00:00+00:00,customer
r2,o2,30.00,2026-02-11T20:00:00+00:00,damaged
r3,o3,60.00,2026-02-12T20:00:00+00:00,customer
r5,o5,40.00,2026-02-11T20:00:00+00:00,customer
r6,o6,120.00,2026-02-11T20:00:00+00:00,customer
r7,o7,75.00,2026-02-12T20:00:00+00:00,chargeback
r10,o10,1.00,2026-02-13T21:00:00+00:00,customer
"""

MIXED_FULFILLMENTS = """fulfillment_id,order_id,fulfilled_at,status
f0,o0,2026-02-01T23:00:00+00:00,success
f1,o1,2026-02-12T20:00:00+00:00,success
f10,o10,2026-02-13T23:00:00+00:00,success
"""

"""The kinds of defects: what is wrong with a delivery, each as a change of what should have come."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from assay.runtime.importing import Claims
from assay.values.load import DayCount
from benchmarks.planted_defects.shop import Delivery, Row

Bend = Callable[[Delivery], object]
PAYMENT = ("payment_id", "order_id", "customer_id", "amount", "currency", "paid_at")


def _times(factor: float, name: str = "amount") -> Callable[[Row], None]:
    return lambda payload: payload.update({name: f"{float(payload[name]) * factor:.2f}"})


def _whole(name: str, factor: int) -> Callable[[Row], None]:
    return lambda payload: payload.update({name: payload[name] * factor})


def _put(**fields: Any) -> Callable[[Row], None]:
    return lambda payload: payload.update(fields)


def _renamed(name: str, to: str) -> Callable[[Row], None]:
    return lambda payload: payload.update({to: payload.pop(name)})


def _every(change: Callable[[Row], object], part: int = 1) -> Bend:
    return lambda it: it.each(change, part)


def _lose(part: int) -> Bend:
    return lambda it: it.drop(part)


def _keep(count: int) -> Bend:
    def bend(it: Delivery) -> None:
        it.bad = it.bad[:count]

    return bend


def _counted(bend: Bend) -> Bend:
    """The source says how many rows there were before the defect."""

    def both(it: Delivery) -> None:
        it.says["expected_rows"] = len(it.bad) + len(it.others)
        bend(it)

    return both


def _day_counted(it: Delivery) -> None:
    expected = len(it.bad)
    it.drop(6)
    start, end = it.whole_day
    it.says["day_counts"] = (DayCount(start=start, end=end, expected=expected, counted=len(it.bad)),)


def _nothing(it: Delivery) -> None:
    it.bad, it.others = [], []
    it.says |= {"complete_from": None, "complete_until": None}


def _raw(text: str) -> Bend:
    def bend(it: Delivery) -> None:
        for row in it.bad:
            row["payload"] = text

    return bend


def _copies(count: int, of: int | None = None) -> Bend:
    """Records come again under other identities."""

    def bend(it: Delivery) -> None:
        it.bad += [
            {**row, "key": f"{row['key']}-{copy}", "payload": row["payload"].replace(row["key"], f"{row['key']}-{copy}")}
            for row in it.bad[:of]
            for copy in range(count)
        ]

    return bend


def _page(it: Delivery) -> None:
    it.bad = it.bad[: len(it.bad) // 2] * 2


def _page_of_before(it: Delivery) -> None:
    it.bad = [row for row in it.others if row["event_at"] < it.whole_day[0]]


def _ids_again(it: Delivery) -> None:
    """The source begins to count anew: identities of ten days ago."""
    for row in it.bad:
        prefix, number, *place = row["key"].split("-")
        key = "-".join([prefix, f"{int(number) - 300:06d}", *place])
        row["payload"] = json.dumps(json.loads(row["payload"]) | {"payment_id": key})
        row["key"] = key


def _tombstones(it: Delivery) -> None:
    for row in it.bad[::3]:
        row["payload"] = None


def _early(it: Delivery) -> None:
    it.says["received_at"] = it.since + timedelta(hours=3)


def _flip(it: Delivery) -> None:
    it.bits_flip = True


def _silent_shard(it: Delivery) -> None:
    it.by_shard("location")["reno"].says |= {"complete_until": it.since}
    it.more = [load for load in it.more if load.says["shard"] != "reno"]
    # what reno completed before is known from the day on which places are delivered apart
    it.settings["streams"] = {"inventory_levels": {"shards": ["los-angeles", "reno"]}}


def _short_shard(it: Delivery) -> None:
    reno = it.by_shard("location")["reno"]
    reno.says["expected_rows"] = len(reno.rows)
    reno.rows = reno.rows[4:]


def _unknown_shard(it: Delivery) -> None:
    it.settings["streams"] = {"inventory_levels": {"shards": ["los-angeles", "reno", "tacoma"], "opened": {"tacoma": it.day}}}
    it.by_shard("location")


def _shard_not_said(it: Delivery) -> None:
    """A place is left out, and nobody says that the delivery is a part."""
    it.bad = [row for row in it.bad if json.loads(row["payload"])["location"] != "reno"]


def _rejected(it: Delivery) -> None:
    lines = it.lines(*PAYMENT)
    for line in lines[::9]:
        line["amount"] = "twelve"
    it.as_file(lines)


def _short_file(it: Delivery) -> None:
    lines = it.lines(*PAYMENT)
    it.as_file(lines[:-4], Claims(rows=len(lines)))


def _cents_file(it: Delivery) -> None:
    lines = it.lines(*PAYMENT)
    for line in lines:
        line["amount"] = line["amount"].replace(".", "")
    it.as_file(lines)


def _feed_and_file(it: Delivery) -> None:
    rows = list(it.bad)
    it.as_file(it.lines(*PAYMENT))
    it.bad = rows


def _file_other_ids(it: Delivery) -> None:
    lines = it.lines(*PAYMENT)
    it.as_file([*lines, *({**line, "payment_id": f"x{line['payment_id']}"} for line in lines)])


def _not_repeated(it: Delivery) -> None:
    it.bad = [*it.bad, *it.bad]


DEFECTS: Mapping[str, tuple[str, Bend]] = {
    # what is delivered, and what is said of it
    "a feed is late": ("payments", _nothing),
    "a delivery is cut off, and counted": ("payments", _counted(_lose(6))),
    "a delivery has rows too many, and is counted": ("payments", _counted(_copies(1, 3))),
    "a day is cut off, and its rows counted": ("payments", _day_counted),
    "a batch is damaged on the disk": ("payments", _flip),
    "the load says that it completes what is to come": ("payments", _early),
    "an empty delivery says that it is complete": ("orders", _keep(0)),
    "hardly any orders are delivered as complete": ("orders", _keep(2)),
    "hardly any lines are delivered as complete": ("order_lines", _keep(5)),
    "half of the stock count is lost, and counted": ("inventory_levels", _counted(_lose(2))),
    "nearly all of the stock count is lost": ("inventory_levels", _keep(6)),
    "one place is silent": ("inventory_levels", _silent_shard),
    "one place is cut off, and counted": ("inventory_levels", _short_shard),
    "a place that is expected never delivers": ("inventory_levels", _unknown_shard),
    "one place is left out of the count": ("inventory_levels", _shard_not_said),
    # fields
    "a field vanishes": ("payments", _every(lambda one: one.pop("amount"))),
    "a field vanishes from a third of the records": ("payments", _every(lambda one: one.pop("amount"), 3)),
    "a field is renamed": ("payments", _every(_renamed("amount", "amount_total"))),
    "the currency vanishes": ("orders", _every(lambda one: one.pop("currency"))),
    "text becomes a number": ("payments", _every(lambda one: one.update(amount=float(one["amount"])))),
    "text becomes an object": ("payments", _every(lambda one: one.update(amount={"value": one["amount"]}))),
    "text becomes a list": ("payments", _every(lambda one: one.update(amount=[one["amount"]]))),
    "true becomes a word": ("orders", _every(_put(is_test="no"))),
    "a status that nobody knows": ("orders", _every(_put(financial_status="settled"), 4)),
    "the records are no JSON": ("payments", _raw('{"payment_id": ')),
    "a 200 with an error for a body": ("payments", _raw('{"error": "too many requests"}')),
    # amounts
    "cents in place of dollars": ("payments", _every(_times(100))),
    "cents in a third of the records": ("payments", _every(_times(100), 3)),
    "dollars in place of cents": ("payments", _every(_times(0.01))),
    "lines in thousandths": ("order_lines", _every(_times(1000))),
    "refunds in cents": ("refunds", _every(_times(100))),
    "minutes become seconds": ("time_savings", _every(_whole("minutes", 60))),
    "stock is counted by the dozen": ("inventory_levels", _every(lambda one: one.update(on_hand=one["on_hand"] // 12))),
    "an amount is null": ("payments", _every(_put(amount=None), 5)),
    "an amount is empty": ("payments", _every(_put(amount=""), 5)),
    "amounts are negative": ("payments", _every(lambda one: one.update(amount=f"-{one['amount']}"), 4)),
    "another currency": ("payments", _every(_put(currency="EUR"), 4)),
    "customers are null": ("payments", _every(_put(customer_id=None), 2)),
    "a product is null": ("order_lines", _every(_put(sku=None))),
    "a count is null": ("inventory_levels", _every(_put(on_hand=None), 7)),
    "moods are null": ("conversations", _every(_put(sentiment=None))),
    # clocks
    "the source's clock is hours ahead": ("payments", lambda it: it.shift(5)),
    "the source's clock is hours behind": ("payments", lambda it: it.shift(-9)),
    "local times are delivered as UTC": ("orders", lambda it: it.shift(-8)),
    # what comes twice, or not at all
    "a page comes again in place of the next": ("payments", _page),
    "the page of the day before comes again": ("payments", _page_of_before),
    "a load comes twice": ("payments", _not_repeated),
    "a load comes twice under other identities": ("payments", _copies(1)),
    "refunds come twice under other identities": ("refunds", _copies(1)),
    "ten times as many orders as ever": ("orders", _copies(9)),
    "identities are used again": ("payments", _ids_again),
    "orders without payments": ("payments", _lose(3)),
    "payments without orders": ("orders", _lose(3)),
    "orders without lines": ("order_lines", _lose(3)),
    "refunds are lost": ("refunds", _keep(0)),
    "records are deleted by mistake": ("payments", _tombstones),
    # files
    "rows of a file are rejected": ("payments", _rejected),
    "a file is cut off, and counted": ("payments", _short_file),
    "a file has cents in place of dollars": ("payments", _cents_file),
    "a file holds each payment twice": ("payments", _file_other_ids),
    "a day comes by the feed and as a file": ("payments", _feed_and_file),
}

NOT_CAUGHT: Mapping[str, str] = {
    "stock is counted by the dozen": "counts of a few units become none, which no factor of eight shows",
    "local times are delivered as UTC": "no record says how late it is, where a day comes as a whole",
    "refunds are lost": "orders that say that money was given back accuse them once a later refund has come, or after 30 hours",
}
"""Kinds of which a wrong number is known to be shown, and why: they count as missed, but the benchmark goes on."""

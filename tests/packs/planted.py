"""What is planted for the tests of care, operations, time savings and automation: rows as files have them, and arithmetic.

Nothing here shares code with the product: days are UTC less eight hours (a winter in Los Angeles), sums are Python's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
"""Noon of the first of March in the shop: the day is open, and the files reach to this moment."""
FIRST = datetime(2026, 2, 3, 9, 20, tzinfo=UTC)


def day(instant: datetime) -> date:
    """Return the shop's winter day of an instant."""
    return (instant - timedelta(hours=8)).date()


def end_of(one: date) -> datetime:
    """Return the instant at which a winter day ends."""
    return datetime(one.year, one.month, one.day, 8, tzinfo=UTC) + timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def rounded(value: Fraction | int) -> Decimal:
    """Return a value with six places, half to even."""
    exact = Fraction(value)
    scaled = Decimal(exact.numerator * 10**6 // exact.denominator)  # floored; the rest decides
    rest = exact * 10**6 - int(scaled)
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and int(scaled) % 2):
        scaled += 1
    return scaled.scaleb(-6).quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN)


def shown(value: str | None) -> Decimal | None:
    """Return an answer's value with six places."""
    return None if value is None else Decimal(value).quantize(Decimal("0.000001"))


def mean(values: Sequence[Fraction]) -> Decimal:
    """Return the mean of values that are each rounded to six places, as a file of them would be."""
    return rounded(sum((Fraction(rounded(one)) for one in values), Fraction(0)) / len(values))


def ratio(part: int, whole: int) -> Decimal:
    """Return a percentage."""
    return rounded(Fraction(100 * part, whole))


def quantile(values: Iterable[Fraction], part: Fraction) -> Decimal:
    """Return what PERCENTILE_CONT is: the value at the rank part * (n - 1), between its neighbours."""
    ordered = sorted(Fraction(rounded(one)) for one in values)
    rank = part * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return rounded(ordered[low] + (rank - low) * (ordered[high] - ordered[low]))


def spent(earlier: datetime, later: datetime, unit: timedelta) -> Fraction:
    """Return the time between two instants in a unit, exactly."""
    passed, one = ((span.days * 86400 + span.seconds) * 10**6 + span.microseconds for span in (later - earlier, unit))
    return Fraction(passed, one)


def text_of(rows: Sequence[Any]) -> str:
    """Return rows as a CSV file."""
    out = io.StringIO()
    records = [asdict(row) for row in rows]
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in record.items()} for record in records)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return {True: "true", False: "false", None: ""}.get(value, value) if isinstance(value, bool | None) else value


def _known(instant: datetime | None) -> datetime | None:
    """Nothing that has not happened yet stands in a file."""
    return instant if instant is not None and instant <= NOW else None


@dataclass(frozen=True)
class Conversation:
    conversation_id: str
    opened_at: datetime
    customer_id: str | None
    channel: str
    status: str
    is_escalated: bool
    is_urgent: bool
    sentiment: str
    first_response_at: datetime | None
    resolved_at: datetime | None
    operator_id: str | None

    @property
    def due_at(self) -> datetime:
        return self.opened_at + timedelta(minutes=120)

    def late(self, at: datetime) -> bool:
        """Whether its first response is late at an instant: it came after two hours, or is missing for as long."""
        answered_in_time = self.first_response_at is not None and self.first_response_at <= self.due_at
        return not answered_in_time and self.due_at <= at

    def judged(self, at: datetime) -> bool:
        """Whether it is answered or due at an instant."""
        return self.due_at <= at or (self.first_response_at is not None and self.first_response_at <= at)

    def escalation(self, at: datetime) -> bool:
        """Whether it is open and escalated or late at an instant."""
        is_open = self.opened_at <= at and (self.resolved_at is None or self.resolved_at > at)
        return is_open and (self.is_escalated or self.late(at))


def conversations() -> list[Conversation]:
    """Return 263 conversations of February and the first of March, every shape of answer and end among them."""
    answers = [None, 5, 29.5, 119, 120, 121, 12, 45.25, 300]
    ends = [None, 1, 3.5, 10, 26, 2, 0.75]
    moods = ["very_negative", "negative", "neutral", "positive", "very_positive", "neutral", "positive"]
    found = []
    for i in range(260):
        opened = FIRST + timedelta(minutes=146 * i, seconds=(7 * i) % 60)
        answer, end = answers[(i + i // 9) % len(answers)], ends[(i + i // 7) % len(ends)]
        response = _known(opened + timedelta(minutes=answer)) if answer is not None else None
        ended = _known(opened + timedelta(hours=end)) if end is not None else None
        status = ("open", "pending")[i % 2] if ended is None else ("resolved", "closed", "resolved")[i % 3]
        found.append(
            Conversation(
                f"c{i}",
                opened,
                f"p{i % 40}" if i % 6 else None,
                ("email", "chat", "phone", "social")[i % 4],
                status,
                i % 23 == 0,
                i % 3 == 0,
                moods[(i + i // 7) % 7],
                response,
                ended,
                ("ana", "ben", None)[i % 3],
            )
        )
    for number, minutes in enumerate((50, 90, 100)):  # three that nobody answers, due 70, 30 and 20 minutes from now
        opened = NOW - timedelta(minutes=minutes)
        found.append(Conversation(f"w{number}", opened, None, "chat", "open", False, number == 1, "neutral", None, None, None))
    return found


@dataclass(frozen=True)
class Breach:
    breach_id: str
    detected_at: datetime
    kind: str
    operator_id: str | None
    responded_at: datetime | None
    resolved_at: datetime | None

    @property
    def minutes(self) -> Fraction | None:
        return spent(self.detected_at, self.responded_at, timedelta(minutes=1)) if self.responded_at else None


def breaches() -> list[Breach]:
    """Return two or three breaches a day; `cleo` resolves an old one at the end, and some are nobody's."""
    waits = [3, 11.5, 14, 47, 90, 8, 25]
    found = []
    for i in range(71):
        detected = FIRST + timedelta(hours=9 * i, minutes=i)
        operator = (None if i % 10 == 9 else ("ana", "ben", "dora")[i % 3]) if i else "cleo"
        responded = _known(detected + timedelta(minutes=waits[i % 7])) if operator else None
        resolved = _known(detected + timedelta(hours=5 * (i % 4) + 1)) if operator and i % 8 else None
        if i == 0:
            resolved = NOW - timedelta(days=1)
        kind = ("fulfillment", "conversation", "inventory")[i % 3]
        found.append(Breach(f"b{i}", detected, kind, operator, responded, resolved))
    return found


@dataclass(frozen=True)
class ShopRow:
    shop_id: str
    registered_at: datetime
    activated_at: datetime | None


def shops() -> list[ShopRow]:
    """Return shops that come in fits: forty at first, thirty on one late day, so that a mean of days would be wrong."""
    found = [
        ShopRow(f"s{i}", FIRST + timedelta(hours=i), None if i % 9 == 0 else FIRST + timedelta(hours=30 * i)) for i in range(40)
    ]
    midnight = datetime(2026, 2, 26, 8, tzinfo=UTC)  # the first instant of a day, as in a file that has dates alone
    found += [ShopRow(f"t{i}", midnight, midnight + timedelta(hours=i) if i % 3 == 0 else None) for i in range(30)]
    return [ShopRow(one.shop_id, one.registered_at, _known(one.activated_at)) for one in found]


@dataclass(frozen=True)
class Saving:
    entry_id: str
    saved_at: datetime
    category: str
    minutes: int


def savings() -> list[Saving]:
    """Return entries from 20 December on: those of the old year count in no number of this year."""
    categories = ["reporting", "inventory", "support", "fulfillment", "marketing"]
    first = datetime(2025, 12, 20, 17, tzinfo=UTC)
    return [Saving(f"e{i}", first + timedelta(hours=13 * i), categories[i % 5], 7 + (i * 37) % 101) for i in range(132)]


@dataclass(frozen=True)
class RunRow:
    run_id: str
    ran_at: datetime
    action: str
    operator_id: str | None
    status: str
    minutes_saved: int


def runs() -> list[RunRow]:
    """Return 600 runs, one in fourteen of them a failure."""
    return [
        RunRow(
            f"r{i}",
            FIRST + timedelta(minutes=63 * i),
            ("reorder", "reply", "label")[i % 3],
            ("ana", "ben", None, "dora")[i % 4],
            "failed" if i % 14 == 5 else "succeeded",
            1 + i % 9,
        )
        for i in range(600)
    ]


def files() -> dict[str, str]:
    """Return every planted file by its import kind."""
    rows: dict[str, Sequence[Any]] = {
        "conversations": conversations(),
        "sla_breaches": breaches(),
        "shops": shops(),
        "time_savings": savings(),
        "automation_runs": runs(),
    }
    return {kind: text_of(planted) for kind, planted in rows.items()}

"""The checks of what landed: each finds its fault, on the days of the fault, and is silent on clean records."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from assay.calendar import ShopCalendar
from assay.engines.duckdb.engine import DuckDBEngine
from assay.settings import Accepted
from assay.sources.raw import ensure_tables
from assay.trust.checking import StreamCheck, run_checks, stream_checks
from assay.trust.ground import Finding, Ground
from assay.trust.profile import bring_up_to_date
from assay.values.check import Check
from assay.values.generation import Interval, StreamFacts
from assay.values.load import LoadEntry

CALENDAR = ShopCalendar.of("America/Los_Angeles")
FIRST, DAYS = date(2025, 9, 1), 100
LAST = FIRST + timedelta(days=DAYS - 1)
Record = dict[str, Any]


@dataclass
class Source:
    """A shop of about 40 orders a day, a batch a day, whose deliveries a test bends."""

    engine: DuckDBEngine = field(default_factory=lambda: DuckDBEngine(duckdb.connect(), CALENDAR))
    entries: list[LoadEntry] = field(default_factory=list)
    waiting: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine.execute("set TimeZone = 'UTC'")
        ensure_tables(self.engine.connection, ["orders"])

    def deliver(self, day: date, records: list[Record], received: datetime | None = None) -> None:
        """Land records of (key, event_at and payload), as a batch that completes the day."""
        received = received or CALENDAR.end_of(day) + timedelta(minutes=len(self.entries) + 1)
        batch = f"b{len(self.entries):05d}"
        for one in records:
            payload = one["payload"] if isinstance(one["payload"], str | None) else json.dumps(one["payload"])
            self.waiting.append(("shop", one["key"], one["event_at"], received, batch, "", payload))
        self.entries.append(
            LoadEntry(
                source="shop",
                stream="orders",
                batch=batch,
                received_at=received,
                rows=len(records),
                sha256="",
                complete_from=CALENDAR.start_of(day),
                complete_until=CALENDAR.end_of(day),
            )
        )

    def ground(self, uncovered: date | None = None) -> Ground:
        """Return the ground after all days; one of them may be complete in no load."""
        pieces = (
            [(FIRST, LAST)]
            if uncovered is None
            else [(FIRST, uncovered - timedelta(days=1)), (uncovered + timedelta(days=1), LAST)]
        )
        intervals = tuple(Interval(start=CALENDAR.start_of(start), end=CALENDAR.end_of(end)) for start, end in pieces)
        if self.waiting:
            names = ("source", "key", "event_at", "received_at", "batch", "sha256", "payload")
            rows = pa.table(dict(zip(names, map(list, zip(*self.waiting, strict=True)), strict=True)))
            self.engine.connection.register("waiting", rows)
            self.engine.execute("insert into raw.orders select * from waiting")
            self.engine.connection.unregister("waiting")
            self.waiting.clear()
        facts = StreamFacts(stream="orders", intervals=intervals, rows=1)
        bring_up_to_date(self.engine, CALENDAR, self.entries)
        return Ground(self.engine, CALENDAR, CALENDAR.end_of(LAST) + timedelta(hours=2), {"orders": facts}, self.entries)


def orders_of(day: date, count: int | None = None) -> list[Record]:
    """Return the day's orders: 30 to 50, fewer at the weekend, always the same ones."""
    dice = random.Random(day.toordinal())
    number = count if count is not None else dice.randint(35, 50) - (8 if day.weekday() > 4 else 0)
    made = []
    for place in range(number):
        moment = CALENDAR.start_of(day) + timedelta(hours=9, minutes=10 * place, seconds=dice.randint(0, 500))
        payload = {
            "order_id": f"{day}-{place}",
            "customer_id": f"c{dice.randint(0, 99)}" if dice.random() > 0.1 else None,
            "total": f"{dice.randint(1000, 40000) / 100:.2f}",
            "is_test": False,
        }
        made.append(
            {
                "key": payload["order_id"],
                "event_at": min(moment, CALENDAR.end_of(day) - timedelta(seconds=1)),
                "payload": payload,
            }
        )
    return made


Bend = Callable[[date, list[Record]], list[Record]]
BAD = date(2025, 11, 19)


def delivered(bend: Bend | None = None, on: date = BAD) -> Source:
    source = Source()
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        records = orders_of(day)
        source.deliver(day, bend(day, records) if bend and day >= on else records)
    return source


def checked(source: Source, **more: Any) -> dict[str, Check]:
    found = run_checks(source.ground(**more), {"orders": ["sales"]})
    return {check.name: check for check in found}


def failing(source: Source, **more: Any) -> dict[str, tuple[date, ...]]:
    return {name: check.days or () for name, check in checked(source, **more).items() if check.status != "passed"}


@pytest.fixture(scope="module")
def clean() -> Source:
    return delivered()


def test_clean_days_pass_every_check(clean: Source) -> None:
    found = checked(clean)
    assert {check.status for check in found.values()} == {"passed"}
    assert set(found) == {f"{one.name}_orders" for one in stream_checks()}
    assert len(found) >= 6


def only(day: date, change: Bend) -> Bend:
    return lambda today, records: change(today, records) if today == day else records


def each(change: Callable[[Record], None]) -> Bend:
    def bend(_day: date, records: list[Record]) -> list[Record]:
        for one in records:
            change(one["payload"])
        return records

    return bend


def test_a_day_with_hardly_any_records_is_withheld_alone() -> None:
    found = checked(delivered(only(BAD, lambda _day, records: records[:2])))["volume_orders"]
    assert (found.status, found.blocking, found.days, found.models) == ("failed", True, (BAD,), ("sales",))
    assert "2 orders on 2025-11-19" in found.message


def test_a_day_without_records_that_is_said_to_be_complete_is_withheld() -> None:
    assert failing(delivered(only(BAD, lambda _day, _records: []))) == {"volume_orders": (BAD,)}


@pytest.mark.parametrize(("new", "said"), [(0, "0 new orders on 2025-11-19"), (3, "3 new orders on 2025-11-19")])
def test_orders_that_only_change_do_not_hide_that_no_new_ones_came(new: int, said: str) -> None:
    def with_changes(day: date, records: list[Record]) -> list[Record]:
        came = records[:new] if day == BAD else records
        noon = CALENDAR.start_of(day) + timedelta(hours=12)
        changed = [{**one, "event_at": noon} for one in orders_of(day - timedelta(days=1))[::2]]
        return came + changed

    source = delivered(with_changes, on=FIRST + timedelta(days=1))
    found = checked(source)["volume_orders"]
    assert (found.status, found.blocking, found.days) == ("failed", True, (BAD,))
    assert said in found.message
    # those that did not come are counted when they do
    source.deliver(BAD, orders_of(BAD), received=CALENDAR.end_of(LAST) + timedelta(hours=1))
    assert failing(source) == {}


def test_records_that_were_taken_back_are_not_counted_as_new() -> None:
    source = delivered()
    late = CALENDAR.end_of(LAST) + timedelta(hours=1)
    for number in range(DAYS - 25):  # all but the newest days are delivered again under other identities, three times
        records = orders_of(day := FIRST + timedelta(days=number))
        for round_ in range(3):
            again = [{**one, "key": f"again-{one['key']}"} for one in records]
            gone = [{**one, "payload": None} for one in records]
            source.deliver(day, [*again, *gone], received=late + timedelta(minutes=round_))
            records = again
    assert "volume_orders" not in failing(source)


def test_a_day_that_nobody_says_is_complete_is_not_judged_by_its_volume() -> None:
    assert failing(delivered(only(BAD, lambda _day, _records: [])), uncovered=BAD) == {}


def test_a_loss_that_stays_is_found_on_every_day() -> None:
    source = delivered(lambda _day, records: records[:2])
    assert failing(source) == {"volume_orders": tuple(BAD + timedelta(days=n) for n in range((LAST - BAD).days + 1))}


def test_a_day_that_is_only_weak_is_a_remark() -> None:
    found = checked(delivered(only(BAD, lambda _day, records: records[:11])))["volume_orders"]
    assert (found.status, found.blocking, found.days) == ("failed", False, (BAD,))


def test_a_day_with_far_too_many_records_is_withheld() -> None:
    assert failing(delivered(only(BAD, lambda day, _records: orders_of(day, 400)))) == {"volume_orders": (BAD,)}


def test_a_field_that_disappears_is_named_with_its_batch() -> None:
    found = checked(delivered(only(BAD, each(lambda payload: payload.pop("total")))))["schema_orders"]
    assert found.days == (BAD,)
    assert "the field total is missing" in found.message
    assert "batch b00079" in found.message


def test_a_field_that_stays_away_is_missed_on_every_day() -> None:
    days = failing(delivered(each(lambda payload: payload.pop("total"))))["schema_orders"]
    assert (days[0], days[-1], len(days)) == (BAD, LAST, (LAST - BAD).days + 1)


def test_a_renamed_field_is_named_with_its_new_name() -> None:
    found = checked(delivered(each(lambda payload: payload.update(amount=payload.pop("total")))))["schema_orders"]
    assert "the field total is missing (renamed to amount?)" in found.message


def test_a_field_of_another_type_is_named() -> None:
    found = checked(delivered(only(BAD, each(lambda payload: payload.update(total=float(payload["total"]))))))["schema_orders"]
    assert found.days == (BAD,)
    assert "the field total is not text any more" in found.message


def test_a_new_field_and_a_field_that_comes_and_goes_are_no_fault() -> None:
    def change(day: date, records: list[Record]) -> list[Record]:
        for place, one in enumerate(records):
            one["payload"]["source_app"] = "web"
            if (place + day.toordinal()) % 3 == 0:
                one["payload"]["coupon"] = "X"
        return records

    assert failing(delivered(change, on=FIRST + timedelta(days=30))) == {}


def test_records_that_are_no_objects_are_found() -> None:
    def broken(_day: date, records: list[Record]) -> list[Record]:
        return [{**one, "payload": '{"order_id": '} if place < 3 else one for place, one in enumerate(records)]

    found = checked(delivered(only(BAD, broken)))["schema_orders"]
    assert found.days == (BAD,)
    assert "are no JSON objects" in found.message


def test_a_field_that_turns_empty_is_found_and_one_that_often_was_is_a_remark() -> None:
    found = checked(delivered(only(BAD, each(lambda payload: payload.update(total=None)))))
    assert (found["nulls_orders"].days, found["nulls_orders"].blocking) == ((BAD,), True)
    guests = checked(delivered(only(BAD, each(lambda payload: payload.update(customer_id=None)))))
    assert (guests["nulls_orders"].days, guests["nulls_orders"].blocking) == ((BAD,), False)


def test_amounts_in_cents_are_found() -> None:
    found = checked(delivered(only(BAD, each(lambda payload: payload.update(total=payload["total"].replace(".", ""))))))
    assert {name for name, check in found.items() if check.status != "passed"} == {"amounts_orders"}
    assert found["amounts_orders"].days == (BAD,)
    assert "The field total of shop is about" in found["amounts_orders"].message
    assert "times larger" in found["amounts_orders"].message


def test_records_from_the_future_are_found() -> None:
    source = delivered()
    day = LAST
    late = [{"key": "f1", "event_at": CALENDAR.start_of(day) + timedelta(hours=20), "payload": orders_of(day)[0]["payload"]}]
    source.deliver(day, late, received=CALENDAR.start_of(day) + timedelta(hours=15))
    found = checked(source)["clocks_orders"]
    assert found.days == (day,)
    assert "up to 5.0 hours after they arrived" in found.message


def test_a_page_that_came_again_in_place_of_the_next_one_is_found() -> None:
    source = delivered(only(BAD, lambda _day, records: [*records[:20], *records[:20]]))
    assert failing(source) == {"repeats_orders": (BAD,)}
    source.deliver(BAD, orders_of(BAD), received=CALENDAR.end_of(LAST) + timedelta(hours=1))
    assert failing(source) == {}


def test_a_load_that_came_again_under_other_keys_is_found() -> None:
    def twice(_day: date, records: list[Record]) -> list[Record]:
        again = [
            {**one, "key": f"x{one['key']}", "payload": {**one["payload"], "order_id": f"x{one['key']}"}} for one in records
        ]
        return [*records, *again]

    assert failing(delivered(only(BAD, twice))) == {"repeats_orders": (BAD,)}


@pytest.mark.parametrize(
    "fault",
    [
        each(lambda payload: payload.pop("total")),
        each(lambda payload: payload.update(total=None)),
        each(lambda payload: payload.update(total=payload["total"].replace(".", ""))),
        each(lambda payload: payload.update(total=1)),
    ],
    ids=["missing", "empty", "in cents", "a number"],
)
def test_what_is_delivered_again_as_it_should_be_is_not_found_any_more(fault: Bend) -> None:
    source = delivered(only(BAD, fault))
    assert failing(source) != {}
    source.deliver(BAD, orders_of(BAD), received=CALENDAR.end_of(LAST) + timedelta(hours=1))
    assert failing(source) == {}


def test_accepted_days_are_left_out() -> None:
    source = delivered(only(BAD, lambda _day, records: records[:2]))
    accepted = Accepted(check="volume_orders", first=BAD, last=BAD, because="closed for stock-taking")
    other = Accepted(check="volume_orders", first=BAD + timedelta(days=1), because="closed for ever")

    def status(*said: Accepted) -> str:
        found = run_checks(source.ground(), {"orders": ["sales"]}, said)
        return next(check.status for check in found if check.name == "volume_orders")

    assert (status(), status(accepted), status(other)) == ("failed", "passed", "failed")


def test_a_check_that_cannot_run_holds_what_it_would_have_judged() -> None:
    def broken(ground: Ground) -> Iterator[Finding]:
        ground.rows("select no_such_column from assay.landed_days")
        yield Finding("orders", (), "")

    found = run_checks(delivered().ground(), {"orders": ["sales"]}, checks=[StreamCheck("toy", broken)])
    assert [(check.name, check.status, check.days, check.blocking) for check in found] == [("toy_orders", "error", None, True)]


def test_another_time_zone_profiles_the_days_anew() -> None:
    source = delivered()
    before = source.ground().rows("select max(day) as day, sum(records) as n from assay.landed_days")[0]
    bring_up_to_date(source.engine, ShopCalendar.of("Asia/Tokyo"), source.entries)
    after = source.ground().rows("select max(day) as day, sum(records) as n from assay.landed_days")[0]
    assert before == after  # back in Los Angeles
    bring_up_to_date(source.engine, ShopCalendar.of("Asia/Tokyo"), source.entries)
    moved = source.engine.query("select max(day) as day from assay.landed_days").to_pylist()[0]["day"]
    assert (before["day"], moved) == (LAST, LAST + timedelta(days=1))


def test_bringing_the_profile_up_to_date_again_changes_nothing(clean: Source) -> None:
    def counts() -> list[dict[str, Any]]:
        return clean.ground().rows("select sum(n) as n from assay.landed_fields")

    assert counts() == counts()


def test_a_large_load_is_profiled_in_parts_that_say_the_same_as_the_whole(
    clean: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean.ground()
    monkeypatch.setattr("assay.trust.profile.AT_ONCE", 100)  # two or three days at a time
    parted = delivered()
    parted.ground()
    for table, whole in (
        ("landed_days", "*"),
        ("landed_fields", "stream, batch, day, field, type, n, log_n, round(log_sum, 6), round(log_squares, 6)"),
    ):
        sql = f"select {whole} from assay.{table} order by all"
        assert parted.engine.query(sql).to_pylist() == clean.engine.query(sql).to_pylist()

"""A place that is missing in what is delivered, and numbers of an open period of which rows are known to be missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from assay.calendar import Window
from assay.trust.checking import StreamCheck, run_checks
from assay.trust.checks import shards
from assay.trust.ground import Ground
from assay.trust.profile import bring_up_to_date
from assay.values.check import Check
from assay.values.generation import Interval, Miscount, ShardFacts
from tests.unit.trust.judging import codes, judge, kpi, midnight, noon, stream
from tests.unit.trust.test_trust_stream_checks import CALENDAR, FIRST, LAST, Source

DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
BAD = DAYS[60]


def ground(absent: dict[str, list[date]], known: tuple[ShardFacts, ...] = ()) -> Ground:
    """Return the ground of a shop of two places that count every day, but for the days on which one does not."""
    source = Source()
    for day in DAYS:
        at = CALENDAR.start_of(day) + timedelta(hours=20)
        places = [place for place in ("reno", "los-angeles") if day not in absent.get(place, [])]
        source.deliver(
            day, [{"key": f"{day}-{one}", "event_at": at, "payload": {"place": one, "on_hand": 5}} for one in places]
        )
    made = source.ground()
    source.engine.execute("delete from assay.landed_batches")
    bring_up_to_date(source.engine, CALENDAR, source.entries, {"orders": "place"})
    facts = made.streams["orders"].model_copy(update={"shard_by": "place", "shards": known})
    return replace(made, streams={"orders": facts})


def found(made: Ground) -> Check:
    (check,) = run_checks(made, {"orders": ["fct_orders"]}, checks=[StreamCheck(shards.NAME, shards.find)])
    return check


def test_a_place_that_always_counts_is_missed_on_the_day_on_which_it_does_not() -> None:
    check = found(ground({"reno": [BAD]}))
    assert (check.name, check.status, check.blocking, check.days) == ("shards_orders", "failed", True, (BAD,))
    assert check.message == f"The orders of {BAD} have no record of reno, which was there on nearly every day before."


def test_a_place_that_stays_away_is_missed_until_somebody_accepts_it() -> None:
    assert found(ground({"reno": DAYS[60:]})).days == tuple(DAYS[60:])


def test_a_place_that_counts_now_and_then_is_not_missed() -> None:
    assert found(ground({"reno": DAYS[::3]})).status == "passed"


def test_a_place_is_not_missed_before_its_first_count() -> None:
    assert found(ground({"los-angeles": DAYS[:50]})).status == "passed"


def test_where_loads_say_of_which_place_they_are_the_load_log_judges() -> None:
    known = (ShardFacts(shard="reno", intervals=()),)
    assert found(ground({"reno": [BAD]}, known)).status == "passed"


def test_an_open_period_is_withheld_where_its_newest_rows_are_known_to_be_incomplete() -> None:
    whole = stream("orders", noon(8))
    wrong = Miscount(start=noon(8), end=noon(10), expected=40, counted=36, source="shop", batch="b")
    rejected = Interval(start=midnight(date(2026, 3, 9)), end=midnight(date(2026, 3, 10)))
    month = Window(date(2026, 3, 1), date(2026, 3, 31))
    asked = kpi(requires={"freshness": "10d"})

    assert codes(judge(noon(10), whole).judge(asked, month)) == []
    short = judge(noon(10), whole.model_copy(update={"miscounts": (wrong,)}))
    assert codes(short.judge(asked, month))[:1] == ["count_mismatch"]
    assert codes(judge(noon(10), whole.model_copy(update={"rejected": (rejected,)})).judge(asked, month)) == ["not_covered"]
    mended = stream("orders", noon(10)).model_copy(update={"miscounts": (wrong,)})
    assert codes(judge(noon(10), mended).judge(asked, month)) == []

"""The trust report: one incident for each root cause, with exactly the numbers that it withholds."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from assay.catalog.entry import Catalog
from assay.runtime.problems.trust_report import trust_report
from assay.trust.causes import since_when
from assay.units import Currencies
from assay.values.check import Check
from assay.values.generation import FeedFacts, Generation, Hold, Interval, ModelFacts, ShardFacts, StreamFacts
from assay.values.trust import Incident, TrustReport
from tests.unit.runtime.numbers import CALENDAR, FIRST, catalog, noon

TODAY = date(2026, 3, 10)
NOW = noon(TODAY)
ON_SALES = {"revenue", "orders", "aov"}
ALL = ON_SALES | {"visits", "rate_pct"}


def stream(name: str, until: datetime | None = NOW, *gaps: tuple[date, date], **facts: object) -> StreamFacts:
    """Return a stream that one source completes since the first day, but for the days of the gaps."""
    intervals, start = [], CALENDAR.start_of(FIRST)
    for first, last in gaps:
        intervals.append(Interval(start=start, end=CALENDAR.start_of(first)))
        start = CALENDAR.end_of(last)
    if until is not None:
        intervals.append(Interval(start=start, end=until))
    feeds = (FeedFacts(source=f"{name}_feed", complete_until=until, newest_load=until, loads=1),) if until else ()
    known = {"stream": name, "intervals": tuple(intervals), "owner": f"{name}-team", "feeds": feeds}
    return StreamFacts.model_validate(known | facts)


def from_source(source: str, one: StreamFacts) -> StreamFacts:
    return one.model_copy(update={"feeds": (one.feeds[0].model_copy(update={"source": source}),)})


def check(name: str, models: tuple[str, ...] = ("sales",), status: str = "failed", **facts: object) -> Check:
    known = {"name": name, "models": models, "status": status, "failures": 2, "checked_at": NOW}
    return Check.model_validate(known | facts)


def generation(
    *streams: StreamFacts,
    models: dict[str, tuple[str, ...]] | None = None,
    held: dict[str, Hold] | None = None,
    checks: tuple[Check, ...] = (),
    published: datetime = NOW,
) -> Generation:
    """Return a generation of the models `sales` and `visits`, each on the stream of its name unless told otherwise."""
    known = {one.stream: one for one in (streams or (stream("sales"), stream("visits")))}
    built = {
        model: ModelFacts(
            model=model,
            streams=on,
            coverage={name: known[name] for name in on},
            promoted_at=published,
            held=(held or {}).get(model),
        )
        for model, on in (models or {"sales": ("sales",), "visits": ("visits",)}).items()
    }
    nothing = {"code_version": "", "catalog": "", "calendar": "", "warehouse": ""}
    return Generation(id=1, published_at=published, segments=(), models=built, streams=known, checks=checks, **nothing)


def report(of: Generation, now: datetime = NOW, kpis: Catalog | None = None) -> TrustReport:
    return trust_report(of, kpis or catalog(), CALENDAR, now, project="Toy shop", currencies=Currencies.of("USD"))


def one(found: TrustReport) -> Incident:
    assert len(found.incidents) == 1, [incident.sentence for incident in found.incidents]
    return found.incidents[0]


def withheld(incident: Incident) -> set[str]:
    return {blocked.kpi for blocked in incident.blocks if blocked.now}


def other(incident: Incident) -> set[str]:
    return {blocked.kpi for blocked in incident.blocks if not blocked.now}


def test_where_all_is_well_it_says_what_was_checked_and_when() -> None:
    found = report(generation(checks=(check("reconciles", status="passed"),)))
    assert (found.state, found.incidents, found.problems, found.blocked) == ("well", (), 0, 0)
    assert found.sentence == "All is well: 1 check passed, 2 streams complete and up to date."
    assert found.checked_at == NOW
    assert not found.blocks_anything
    assert found.notice() is None


def test_a_feed_that_stopped_is_one_incident_with_every_number_that_rests_on_it() -> None:
    stopped = noon(TODAY) - timedelta(days=4)
    found = report(generation(stream("sales", stopped), stream("visits")))
    incident = one(found)
    assert (incident.code, incident.input, incident.owner, incident.since) == ("late", "sales", "sales-team", stopped)
    assert withheld(incident) == ON_SALES | {"rate_pct"}
    assert incident.withheld == found.blocked == 4
    assert found.sentence == "1 problem blocks 4 numbers."
    assert incident.repair is not None
    assert "assay import FILE --as sales" in incident.repair


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (stream("sales", None), "no_data"),
        (stream("sales", NOW - timedelta(days=4)), "late"),
        (stream("sales", NOW, (date(2026, 3, 9), date(2026, 3, 9))), "not_covered"),
    ],
    ids=["never came", "late", "a hole"],
)
def test_a_stream_that_says_what_repairs_it_has_that_in_its_incident(of: StreamFacts, code: str) -> None:
    mended = of.model_copy(update={"repair": "Ask the server."})
    incident = one(report(generation(mended, stream("visits"))))
    assert (incident.code, incident.repair) == (code, "Ask the server.")


def test_numbers_age_without_new_data_and_have_one_cause_then() -> None:
    published = generation(checks=(check("reconciles", status="passed"),))
    assert report(published).state == "well"
    incident = one(report(published, NOW + timedelta(days=4)))
    assert incident.code == "not_refreshed"
    assert incident.since == NOW
    assert withheld(incident) == ALL
    assert set(incident.streams) == {"sales", "visits"}


def test_a_report_says_until_when_it_holds() -> None:
    found = report(generation())
    assert found.valid_until is not None
    assert NOW < found.valid_until <= CALENDAR.end_of(TODAY)


def test_a_hole_in_the_past_withholds_other_periods_and_nothing_that_people_look_at() -> None:
    hole = date(2026, 2, 3)
    found = report(generation(stream("sales", NOW, (hole, hole)), stream("visits")))
    incident = one(found)
    assert (incident.code, incident.days, incident.days_count) == ("not_covered", (hole,), 1)
    assert (withheld(incident), other(incident)) == (set(), ON_SALES | {"rate_pct"})
    assert found.state == "other_days"
    assert found.notice() is None
    assert incident.repair == "assay import FILE --as sales --covers 2026-02-03"


def test_a_hole_yesterday_withholds_what_people_look_at() -> None:
    yesterday = TODAY - timedelta(days=1)
    incident = one(report(generation(stream("sales", NOW, (yesterday, yesterday)), stream("visits"))))
    assert withheld(incident) == ON_SALES | {"rate_pct"}
    assert {period for blocked in incident.blocks for period in blocked.periods} == {yesterday.isoformat()}


def test_a_formula_that_looks_back_is_withheld_by_the_day_on_which_it_looks() -> None:
    more = "kpi: growth\nunit: percent\ndirection: up\nformula: pct_change(revenue, interval 7 days)"
    week_ago = TODAY - timedelta(days=8)
    incident = one(report(generation(stream("sales", NOW, (week_ago, week_ago)), stream("visits")), kpis=catalog(more)))
    assert withheld(incident) == {"growth"}
    assert other(incident) == ON_SALES | {"rate_pct"}


def test_what_only_an_estimate_names_is_not_withheld() -> None:
    hole = date(2026, 2, 3)
    kpis = catalog(visits="estimate: revenue / 10")
    incident = one(report(generation(stream("sales", NOW, (hole, hole)), stream("visits")), kpis=kpis))
    assert "visits" not in {blocked.kpi for blocked in incident.blocks}


def test_the_same_days_that_one_source_left_out_are_one_incident() -> None:
    hole = (date(2026, 2, 3), date(2026, 2, 4))
    streams = [from_source("shop", stream(name, NOW, hole)) for name in ("sales", "visits")]
    incident = one(report(generation(*streams)))
    assert incident.streams == ("sales", "visits")
    assert other(incident) == ALL
    apart = report(generation(stream("sales", NOW, hole), stream("visits", NOW, hole)))
    assert len(apart.incidents) == 2


def test_streams_that_a_source_stopped_delivering_together_are_one_incident() -> None:
    stopped = noon(TODAY) - timedelta(days=4)
    incident = one(report(generation(*(from_source("shop", stream(name, stopped)) for name in ("sales", "visits")))))
    assert (incident.code, incident.id) == ("late", "late.shop")
    assert withheld(incident) == ALL
    assert "shop" in incident.sentence


def test_days_whose_rows_were_rejected_say_so() -> None:
    bad = date(2026, 3, 9)
    rejected = (Interval(start=CALENDAR.start_of(bad), end=CALENDAR.end_of(bad)),)
    incident = one(report(generation(stream("sales", NOW, (bad, bad), rejected=rejected), stream("visits"))))
    assert (incident.code, incident.days) == ("rejected_rows", (bad,))
    assert withheld(incident) == ON_SALES | {"rate_pct"}


def test_a_stream_that_never_came_withholds_what_needs_it() -> None:
    of = generation(stream("sales"), stream("visits", None))
    incident = one(report(of))
    assert (incident.code, incident.input, incident.since) == ("no_data", "visits", None)
    assert withheld(incident) == {"visits", "rate_pct"}
    assert incident.repair == "assay import FILE --as visits"


def test_a_silent_shard_is_named() -> None:
    behind = CALENDAR.start_of(TODAY - timedelta(days=2))
    start = CALENDAR.start_of(FIRST)
    shards = (
        ShardFacts(shard="berlin", intervals=(Interval(start=start, end=NOW),)),
        ShardFacts(shard="oslo", intervals=(Interval(start=start, end=behind),)),
    )
    sales = stream("sales", behind).model_copy(update={"shards": shards, "shard_by": "shop"})
    incident = one(report(generation(sales, stream("visits"))))
    assert (incident.code, incident.input) == ("shard_silent", "sales")
    assert incident.sentence.startswith("oslo ")
    assert withheld(incident) == ON_SALES | {"rate_pct"}


def test_checks_that_fail_along_one_way_are_one_incident_and_it_is_told_since_when() -> None:
    since = NOW - timedelta(days=2)
    earlier = NOW - timedelta(days=1)
    hold = Hold(code="check_failed", sentence="2 checks fail.", since=since, all_days=True)
    checks = (
        check("readable", ("sales", "stg_sales")),
        check("unique", ("sales",), since=earlier),
        check("other", ("visits",), "passed"),
    )
    found = report(generation(held={"sales": hold}, checks=checks))
    incident = one(found)
    assert (incident.code, incident.checks, incident.models) == ("check_failed", ("readable", "unique"), ("sales",))
    assert (incident.since, incident.owner) == (since, "sales-team")
    assert withheld(incident) == ON_SALES | {"rate_pct"}
    rows = {row.check: row for row in found.checks}
    assert (rows["unique"].incident, rows["unique"].since) == (incident.id, earlier)
    assert (rows["other"].incident, rows["other"].since) == (None, None)
    assert [row.check for row in found.checks][-1] == "other"


def test_odd_records_and_what_fails_since_they_came_are_one_incident() -> None:
    hold = Hold(code="check_failed", sentence="x", since=NOW, days=(TODAY,))
    odd = check("schema_sales", stream="sales", days=(TODAY,), message="In 1 record of shop, the field amount is missing.")
    checks = (check("amounts_are_readable"), check("sales_have_visits", blocking=False), odd)
    incident = one(report(generation(held={"sales": hold}, checks=checks)))
    assert (incident.input, incident.checks) == ("schema_sales", ("amounts_are_readable", "sales_have_visits", "schema_sales"))
    assert incident.sentence.startswith("In 1 record of shop, the field amount is missing. 2 more checks fail with it: ")
    assert {blocked.kpi for blocked in incident.blocks} == ON_SALES | {"rate_pct"}


def test_a_check_that_failed_before_the_odd_records_came_is_another_incident() -> None:
    odd = check("schema_sales", stream="sales", days=(date(2026, 2, 3),), message="The field amount is missing.")
    earlier = check("unique", since=NOW - timedelta(days=3), blocking=False)
    found = report(generation(checks=(earlier, odd)))
    assert {incident.input for incident in found.incidents} == {"schema_sales", "unique"}


def test_checks_of_different_models_are_different_incidents() -> None:
    holds = {name: Hold(code="check_failed", sentence="x", since=NOW, all_days=True) for name in ("sales", "visits")}
    checks = (check("of_sales", ("sales",)), check("of_visits", ("visits",)))
    found = report(generation(held=holds, checks=checks))
    blocks = {incident.input: withheld(incident) for incident in found.incidents}
    assert blocks == {"of_sales": ON_SALES | {"rate_pct"}, "of_visits": {"visits", "rate_pct"}}
    assert found.blocked == len(ALL)


def test_closed_days_that_a_hold_does_not_touch_are_not_withheld() -> None:
    hold = Hold(code="check_failed", sentence="x", since=NOW, days=(date(2026, 2, 3),))
    incident = one(report(generation(held={"sales": hold}, checks=(check("of_sales"),))))
    assert (withheld(incident), other(incident)) == (set(), ON_SALES | {"rate_pct"})


def test_a_check_that_only_warns_withholds_the_numbers_that_require_it() -> None:
    warns = (check("odd", blocking=False),)
    incident = one(report(generation(checks=warns)))
    assert (incident.code, incident.blocks) == ("check_warns", ())
    kpis = catalog(revenue="requires: {checks: [odd]}")
    assert withheld(one(report(generation(checks=warns), kpis=kpis))) == {"revenue", "aov"}


def test_a_check_that_was_never_run_is_an_incident_where_a_number_requires_it() -> None:
    kpis = catalog(revenue="requires: {checks: [odd]}")
    incident = one(report(generation(), kpis=kpis))
    assert (incident.code, incident.input) == ("check_missing", "odd")
    assert withheld(incident) == {"revenue", "aov"}


def test_a_model_that_could_not_be_built_takes_the_ones_after_it_along() -> None:
    failed = Hold(code="model_failed", sentence="The model sales could not be built: no such column", since=NOW, all_days=True)
    after = Hold(
        code="model_failed",
        sentence="The model visits could not be built: it was skipped, because a model before it failed",
        since=NOW,
        all_days=True,
    )
    models = {"sales": ("sales",), "visits": ("sales", "visits")}
    checks = (check("unique_visits", ("visits",), "error"),)
    incident = one(report(generation(models=models, held={"sales": failed, "visits": after}, checks=checks)))
    assert (incident.input, incident.models, incident.checks) == ("sales", ("sales", "visits"), ("unique_visits",))
    assert withheld(incident) == ALL


def test_what_blocks_critical_numbers_comes_first() -> None:
    kpis = catalog(visits="criticality: critical")
    stopped = noon(TODAY) - timedelta(days=4)
    found = report(generation(stream("sales", stopped), stream("visits", stopped)), kpis=kpis)
    assert [incident.input for incident in found.incidents] == ["visits", "sales"]
    assert found.incidents[0].blocks[0].kpi == "visits"


def test_what_has_only_not_come_yet_is_awaited_and_blames_nobody_before_it_is_needed() -> None:
    midnight = CALENDAR.start_of(TODAY)
    assert report(generation(stream("sales", midnight), stream("visits"))).state == "well"
    evening = midnight - timedelta(hours=3)
    incident = one(report(generation(stream("sales", evening), stream("visits"))))
    assert incident.code == "awaited"
    assert withheld(incident) == ON_SALES | {"rate_pct"}


def test_before_the_first_load_everything_is_withheld_for_one_reason() -> None:
    nothing = {"code_version": "", "catalog": "", "calendar": "", "warehouse": ""}
    empty = Generation(id=0, published_at=NOW, segments=(), models={}, streams={}, **nothing)
    found = report(empty)
    assert (found.state, found.generation) == ("nothing_loaded", None)
    assert withheld(one(found)) == ALL
    assert found.blocks_anything


def test_a_source_row_says_how_fresh_it_is_against_the_shortest_age_that_a_number_needs() -> None:
    kpis = catalog(revenue="requires: {freshness: 2h}")
    found = report(generation(stream("sales", NOW - timedelta(hours=4)), stream("visits")), kpis=kpis)
    rows = {row.stream: row for row in found.sources}
    assert (rows["sales"].expected, rows["sales"].freshness, rows["sales"].kpis) == ("2h", "stale", 4)
    assert (rows["visits"].expected, rows["visits"].freshness) == ("26h", "fresh")


@pytest.mark.parametrize(("hours", "state"), [(1, "fresh"), (30, "acceptable"), (60, "stale"), (100, "critical")])
def test_a_stream_is_judged_at_the_asked_instant(hours: int, state: str) -> None:
    found = report(generation(), NOW + timedelta(hours=hours))
    assert {row.freshness for row in found.sources} == {state}


def test_a_source_that_another_one_has_followed_is_not_called_old() -> None:
    past = FeedFacts(source="file", complete_until=noon(date(2025, 1, 1)), loads=1, rows=7)
    sales = stream("sales")
    sales = sales.model_copy(update={"feeds": (past, *sales.feeds)})
    rows = {row.stream: row for row in report(generation(sales, stream("visits"))).sources}
    assert [(feed.source, feed.freshness) for feed in rows["sales"].feeds] == [("file", None), ("sales_feed", "fresh")]


def test_a_check_is_known_to_fail_since_it_was_found_to_first() -> None:
    first = NOW - timedelta(days=3)
    before = (check("a", checked_at=first), check("b", status="passed"), check("c", since=first))
    found = since_when((check("a"), check("b"), check("c"), check("d", status="passed")), before)
    assert [one.since for one in found] == [first, NOW, first, None]

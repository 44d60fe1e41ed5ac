"""The numbers of customer care, from planted files to answers, against arithmetic that shares nothing with the product."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from assay.clock import FixedClock
from tests.scenarios.shop import Stage

from .faults import found_by
from .planted import NOW, Conversation, conversations, day, days, end_of, mean, ratio, shown, spent, text_of
from .shop import Shop

ALL = conversations()
FEBRUARY = days(date(2026, 2, 4), date(2026, 2, 28))  # the file begins in the night of the third
SPANS = [(one, one) for one in FEBRUARY] + [(date(2026, 2, 9), date(2026, 2, 15)), (FEBRUARY[0], FEBRUARY[-1])]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def opened(span: tuple[date, date]) -> list[Conversation]:
    return [one for one in ALL if span[0] <= day(one.opened_at) <= span[1]]


def ask(stage: Stage, kpi: str, span: tuple[date, date], at: datetime = NOW) -> Decimal | None:
    answer = Stage(stage.folder, FixedClock(at)).ask(kpi, f"{span[0]}..{span[1]}" if span[0] != span[1] else f"{span[0]}")
    assert answer.value is not None or answer.reasons
    return shown(answer.value)


def test_escalations_are_open_and_escalated_or_late(operations: Stage) -> None:
    found = [one for one in ALL if one.escalation(NOW)]
    assert ask(operations, "active_escalations", (day(NOW), day(NOW))) == len(found)
    assert ask(operations, "urgent_escalations", (day(NOW), day(NOW))) == sum(one.is_urgent for one in found)
    kinds = {(one.is_escalated, one.late(NOW), one.first_response_at is None) for one in found}
    assert {(True, False, False), (False, True, True), (False, True, False)} <= kinds, "the plan has each way to be one"


def test_a_conversation_becomes_an_escalation_and_a_breach_by_the_clock_alone(operations: Stage) -> None:
    before, at, after = NOW + 19 * MINUTE, NOW + 20 * MINUTE, NOW + 75 * MINUTE
    waiting = [one for one in ALL if one.conversation_id.startswith("w")]
    assert [sum(one.late(moment) for one in waiting) for moment in (NOW, before, at, after)] == [0, 0, 1, 3]
    today = (day(NOW), day(NOW))
    counted = {moment: ask(operations, "active_escalations", today, moment) for moment in (NOW, before, at, after)}
    assert counted == {moment: sum(one.escalation(moment) for one in ALL) for moment in counted}
    assert counted[at] == (counted[before] or 0) + 1
    rates = [ask(operations, "cx_sla_breach_rate_pct", today, moment) for moment in (NOW, after)]
    fresh = opened(today)
    assert rates == [
        ratio(sum(one.late(moment) for one in fresh), sum(one.judged(moment) for one in fresh)) for moment in (NOW, after)
    ]
    assert rates[0] != rates[1]


def test_an_answer_says_when_the_next_conversation_becomes_late(operations: Stage) -> None:
    assert operations.ask("active_escalations").valid_until == NOW + 20 * MINUTE


def test_the_end_of_every_closed_day_is_judged_at_that_moment(operations: Stage) -> None:
    for one in FEBRUARY[1:]:
        end = end_of(one) - timedelta(microseconds=1)
        assert ask(operations, "active_escalations", (one, one)) == sum(each.escalation(end) for each in ALL), one


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_breach_rate_is_late_of_judged(operations: Stage, span: tuple[date, date]) -> None:
    those = opened(span)
    late, judged = sum(one.late(NOW) for one in those), sum(one.judged(NOW) for one in those)
    assert ask(operations, "cx_sla_breach_rate_pct", span) == ratio(late, judged)
    assert ask(operations, "cx_sla_breaches", span) == late


@pytest.mark.parametrize("span", SPANS[-6:], ids=str)
def test_the_first_response_takes_so_many_minutes_on_average(operations: Stage, span: tuple[date, date]) -> None:
    waits = [spent(one.opened_at, one.first_response_at, MINUTE) for one in opened(span) if one.first_response_at]
    assert ask(operations, "avg_first_response_minutes", span) == mean(waits)


@pytest.mark.parametrize("span", SPANS[-6:], ids=str)
def test_the_resolution_takes_so_many_hours_on_average_of_those_that_ended_resolved_or_closed(
    operations: Stage, span: tuple[date, date]
) -> None:
    ended = [one for one in ALL if one.resolved_at and span[0] <= day(one.resolved_at) <= span[1]]
    assert {one.status for one in ended} == {"resolved", "closed"}
    assert ask(operations, "avg_resolution_hours", span) == mean(
        [spent(one.opened_at, one.resolved_at or NOW, HOUR) for one in ended]
    )


@pytest.mark.parametrize("span", SPANS[-6:], ids=str)
def test_the_negative_share_is_of_all_conversations(operations: Stage, span: tuple[date, date]) -> None:
    those = opened(span)
    negative = sum(one.sentiment in ("negative", "very_negative") for one in those)
    assert ask(operations, "negative_sentiment_count", span) == negative
    assert ask(operations, "negative_sentiment_share_pct", span) == ratio(negative, len(those))


def test_care_is_told_by_channel(operations: Stage) -> None:
    those = opened((FEBRUARY[0], FEBRUARY[-1]))
    answer = operations.ask("avg_first_response_minutes", "2026-02-04..2026-02-28", by="channel")
    assert {row.key: shown(row.value) for row in answer.rows or ()} == {
        channel: mean(
            [spent(o.opened_at, o.first_response_at, MINUTE) for o in those if o.channel == channel and o.first_response_at]
        )
        for channel in ("email", "chat", "phone", "social")
    }


def test_the_thresholds_of_care_page_whom_they_should(operations: Stage) -> None:
    answer = operations.ask("active_escalations")
    assert (answer.target.status, [one.severity for one in answer.breaches]) == ("missed", ["high"])  # type: ignore[union-attr]
    rate = operations.ask("cx_sla_breach_rate_pct", "2026-02-04..2026-02-28")
    assert [one.severity for one in rate.breaches] == ["high"]


def test_the_view_of_escalations_has_the_rows_that_the_number_counts(operations: Stage) -> None:
    with duckdb.connect(str(operations.project.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.execute("select conversation_id, is_sla_breach from v_cx_escalations").fetchall()
    long_after = NOW + timedelta(days=1)  # the view is judged by the real clock, and by that every conversation is due
    expected = {one.conversation_id: one.late(long_after) for one in ALL if one.escalation(long_after)}
    assert dict(rows) == expected
    assert Fraction(len(rows)) == ask(operations, "active_escalations", (day(NOW), day(NOW)), NOW + 75 * MINUTE)


HONEST = {
    "conversation_id": "",
    "opened_at": "2026-02-10T18:00:00Z",
    "customer_id": None,
    "channel": "email",
    "status": "resolved",
    "is_escalated": "false",
    "is_urgent": "false",
    "sentiment": "neutral",
    "first_response_at": "2026-02-10T18:30:00Z",
    "resolved_at": "2026-02-10T19:00:00Z",
    "operator_id": None,
}
FAULTS: dict[str, dict[str, str | None]] = {
    "opened without an offset": {"opened_at": "2026-02-10T18:00:00"},
    "unknown channel": {"channel": "fax"},
    "no channel": {"channel": None},
    "unknown status": {"status": "asleep"},
    "not said whether escalated": {"is_escalated": None},
    "urgent in other words": {"is_urgent": "very"},
    "unknown sentiment": {"sentiment": "meh"},
    "answer that is no instant": {"first_response_at": "half past six"},
    "end without an offset": {"resolved_at": "2026-02-10 19:00"},
    "resolved without an end": {"resolved_at": None},
    "answered before it was opened": {"first_response_at": "2026-02-10T17:59:59Z"},
    "resolved before it was opened": {"resolved_at": "2026-02-10T17:59:59Z"},
}
HARMLESS: dict[str, dict[str, str | None]] = {
    "nobody answered": {"first_response_at": None},
    "opened again": {"status": "open"},
    "empty end": {"status": "open", "resolved_at": ""},
    "nobody judged": {"sentiment": None},
}


def test_a_conversation_that_cannot_be_read_is_found(project: Shop) -> None:
    found = found_by(project, "conversations_are_readable", "conversations", HONEST, FAULTS | HARMLESS)
    assert found == set(FAULTS)


def test_a_conversation_without_sentiment_withholds_the_numbers_about_sentiment_alone(
    operations: Stage, tmp_path: Path
) -> None:
    shutil.copytree(operations.folder, tmp_path / "shop", symlinks=True)
    stage = Stage(tmp_path / "shop", FixedClock(NOW))
    before = {kpi: stage.value(kpi, "2026-02-20") for kpi in ("cx_sla_breach_rate_pct", "active_escalations")}
    nobody = replace(next(one for one in ALL if day(one.opened_at) == date(2026, 2, 20)), sentiment="")
    stage.take("unjudged.csv", text_of([nobody]), "conversations")
    stage.run()
    for kpi in ("negative_sentiment_count", "negative_sentiment_share_pct"):
        answer = stage.ask(kpi, "2026-02-20")
        assert (answer.value, [reason.code for reason in answer.reasons]) == (None, ["check_failed"])
    assert {kpi: stage.value(kpi, "2026-02-20") for kpi in before} == before

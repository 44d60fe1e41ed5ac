"""The verdict on a value that rests directly on a model: coverage, freshness, holds, failed checks, settling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from assay.calendar import ShopCalendar, Window
from assay.catalog.contract import Kind, Kpi, seconds
from assay.trust.coverage import Coverage
from assay.trust.freshness import DEFAULT_FRESHNESS, freshness_of, worst
from assay.trust.reasons import (
    NOT_BEGUN,
    NOTHING_PUBLISHED,
    check_missing,
    check_reason,
    data_too_old,
    gap_reasons,
    never_built,
    no_data,
    shard_silent,
    words,
)
from assay.values.answer import Freshness, Reason
from assay.values.check import Check
from assay.values.generation import Generation, ModelFacts, ShardFacts, StreamFacts
from assay.values.verdict import SilentShard, Verdict

RIGHT_NOW = 92
"""So many days before today an odd or missing day still makes a count of what is open right now uncertain.

A day that nobody ever loads would else withhold the count for ever. What is open for longer than that is for the model to end.
"""


@dataclass(frozen=True, slots=True)
class _Ages:
    """What is the same for every window of a model: how far its streams reach, how fresh they are, where they begin."""

    as_of: datetime | None
    freshness: Freshness | None
    step: datetime | None
    """When the freshness gets worse by the clock."""
    begun: date | None
    newest_day: datetime | None
    """When the newest day begins of which any stream tells."""


@dataclass(frozen=True)
class Judge:
    """Judges values of one generation at one instant."""

    generation: Generation
    calendar: ShopCalendar
    now: datetime
    _known: dict[str, dict[str, Coverage]] = field(default_factory=dict, compare=False, repr=False)
    _ages: dict[tuple[str, str | None], _Ages] = field(default_factory=dict, compare=False, repr=False)
    _asks: dict[str, tuple[Kpi, int]] = field(default_factory=dict, compare=False, repr=False)
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict, compare=False, repr=False)
    """What KPIs ask of their models, numbered; `_asks` is the number of each KPI."""
    _verdicts: dict[tuple[int, Window], Verdict] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _checks(self) -> dict[str, Check]:
        return {check.name: check for check in self.generation.checks}

    @cached_property
    def _odd_days(self) -> list[Check]:
        return [check for check in self.generation.checks if check.days is not None and check.status == "failed"]

    def _coverage(self, model: str) -> dict[str, Coverage]:
        """Return the coverage of every stream under the model."""
        if model not in self._known:
            facts = self.generation.models[model]
            self._known[model] = {name: self._coverage_of(facts.coverage[name]) for name in facts.streams}
        return self._known[model]

    def _coverage_of(self, known: StreamFacts, shard: ShardFacts | None = None) -> Coverage:
        """Return the coverage of a stream, or of one of its shards."""
        ends = [one.end for one in known.miscounts if shard is None or one.shard in (None, shard.shard)]
        ends += [one.end for one in known.rejected]
        return Coverage((shard or known).intervals, self.calendar, max(ends, default=None))

    def judge(self, kpi: Kpi, window: Window) -> Verdict:
        """Return the verdict on the KPI's own aggregates over the window; KPIs that ask the same of a model share it."""
        asked = self._asks.get(kpi.kpi)
        if asked is None or asked[0] is not kpi:
            what = (kpi.model, kpi.kind, kpi.time is None, kpi.carry, kpi.settle, kpi.requires)
            asked = self._asks[kpi.kpi] = kpi, self._numbers.setdefault(what, len(self._numbers))
        key = (asked[1], window)
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = self._judge(kpi, window)
        return known

    def _judge(self, kpi: Kpi, window: Window) -> Verdict:
        assert kpi.model is not None
        facts = self.generation.models.get(kpi.model)
        if facts is None:
            return Verdict(window.days, (), (never_built(kpi.model) if self.generation.id else NOTHING_PUBLISHED,))
        if self.calendar.start_of(window.start) > self.now:
            return Verdict(window.days, (), (NOT_BEGUN,))
        coverage = self._coverage(kpi.model)
        end = self.calendar.end_of(window.end)
        until = min(end, self.now) if window.cut is None else self.calendar.instant_of(window.end, window.cut)
        is_open = end > self.now and window.cut is None
        ages = self._ages_of(kpi, facts, coverage)
        as_of, freshness = ages.as_of, ages.freshness
        blocking, missing, silent = self._uncovered(kpi, window, facts, coverage, ages, until, is_open)
        if is_open and freshness is Freshness.CRITICAL and not blocking:
            blocking.append(self._too_old(kpi, facts, as_of))
        blocking += self._failed_checks(kpi, {facts.model} if facts.held else set())
        odd = [check for check in self._dated_checks(kpi.model) if self._touches(check, kpi, facts, window)]
        blocking += [check_reason(check) for check in odd if check.blocking]
        remarks = [check_reason(check) for check in odd if not check.blocking]
        if facts.held is not None:
            reason, touched = self._hold(kpi, facts, window, is_open)
            (blocking if touched or (missing and not blocking) else remarks).append(reason)
            freshness = worst([freshness or Freshness.STALE, Freshness.STALE])
        settles = end + timedelta(seconds=seconds(kpi.settle)) if kpi.settle else end
        valid_until = self._midnight if ages.step is None else min(self._midnight, ages.step)
        return Verdict(
            days=window.days,
            missing=tuple(missing),
            blocking=tuple(blocking),
            remarks=tuple(remarks),
            freshness=freshness,
            as_of=as_of,
            settles_at=settles if settles > self.now else None,
            valid_until=min(valid_until, settles) if settles > self.now else valid_until,
            silent=tuple(silent) if len(silent) == len(blocking) else (),
        )

    def required(self, kpi: Kpi, window: Window, verdict: Verdict) -> Verdict:
        """Return the verdict on a KPI that is made of others, with what its own contract requires on top of theirs."""
        if not kpi.requires.checks and kpi.requires.freshness is None:
            return verdict
        said = (*verdict.blocking, *verdict.remarks)
        held = {reason.input for reason in said if reason.code in ("check_failed", "model_failed") and reason.input}
        blocking = [*verdict.blocking, *(one for one in self._failed_checks(kpi, held) if one not in verdict.blocking)]
        freshness, valid_until = verdict.freshness, verdict.valid_until
        if kpi.requires.freshness is not None and verdict.as_of is not None and freshness is not None:
            own, step = self._age(kpi.requires.freshness, verdict.as_of)
            freshness = worst([freshness, own])
            valid_until = min((edge for edge in (valid_until, step) if edge is not None and edge > self.now), default=None)
            is_open = self.calendar.end_of(window.end) > self.now and window.cut is None
            if is_open and own is Freshness.CRITICAL and not blocking:
                blocking.append(data_too_old(kpi, verdict.as_of, self.calendar))
        silent = verdict.silent if len(blocking) == len(verdict.blocking) else ()
        return replace(verdict, blocking=tuple(blocking), freshness=freshness, valid_until=valid_until, silent=silent)

    def complete_until(self, kpi: Kpi) -> datetime | None:
        """Return until when every stream under the KPI's model is complete; None if one never came."""
        facts = self.generation.models.get(kpi.model or "")
        return self._ages_of(kpi, facts, self._coverage(facts.model)).as_of if facts else None

    def span(self, kpi: Kpi) -> tuple[date, date] | None:
        """Return the first and last day that every stream under the KPI's model covers: what `all` means for it."""
        facts = self.generation.models.get(kpi.model or "")
        if facts is None:
            return None
        spans = [span for covered in self._coverage(facts.model).values() if (span := covered.span())]
        if not spans:
            return None
        return max(start for start, _ in spans), min(end for _, end in spans)

    @cached_property
    def _midnight(self) -> datetime:
        return self.calendar.end_of(self.calendar.day_of(self.now))

    def _uncovered(
        self,
        kpi: Kpi,
        window: Window,
        facts: ModelFacts,
        coverage: dict[str, Coverage],
        ages: _Ages,
        until: datetime,
        is_open: bool,
    ) -> tuple[list[Reason], list[date], list[SilentShard]]:
        """Return why the window is not covered, which of its days are not, and the shards that are alone in that."""
        blocking: list[Reason] = []
        missing: set[date] = set()
        silent: list[SilentShard] = []
        if kpi.kind is Kind.STOCK:  # a state of later days is today's
            last = min(window.end, self.calendar.day_of(self.now))
            window = Window(min(window.start, last), last, window.cut)
        begun = ages.begun
        # All streams tell of the same whole days: captures of Monday less refunds of Monday and Tuesday would be no number.
        cut = ages.newest_day if kpi.kind in (Kind.AGGREGATE, Kind.MODELLED, Kind.COHORT) else None
        for stream, covered in coverage.items():
            known = facts.coverage[stream]
            lookback = facts.lookback.get(stream, 0)
            gaps = self._gaps(kpi, window, covered, lookback, until, is_open, begun, cut)
            missing.update(day for day in gaps if window.start <= day <= window.end)
            if facts.held is not None:
                gaps = self._not_delivered(stream, gaps, until)
            if not gaps:
                continue
            by_shard = {
                one.shard: self._gaps(kpi, window, self._coverage_of(known, one), lookback, until, is_open, begun, cut)
                for one in known.shards
            }
            late = {shard: days for shard, days in by_shard.items() if days}
            if late and len(late) < len(by_shard):
                alone = self._silent(known, late, len(by_shard) - len(late), lookback)
                blocking += [one.reason for one in alone]
                silent += alone
            elif covered.until is None and not known.miscounts:
                blocking.append(no_data(known))
            else:
                blocking += gap_reasons(known, gaps, lookback, self.calendar)
        return blocking, sorted(missing), silent

    def _not_delivered(self, stream: str, gaps: list[date], until: datetime) -> list[date]:
        """Return the gaps of a held model that are the source's: the others came since, and only the hold keeps them out."""
        newest = self.generation.streams.get(stream)
        if newest is None:
            return gaps
        came = self._coverage_of(newest)
        return [day for day in gaps if came.missing(day, day, min(until, self.calendar.end_of(day)))]

    def _silent(self, known: StreamFacts, late: dict[str, list[date]], others: int, lookback: int) -> list[SilentShard]:
        """Return the shards that alone are not complete, each with its own reason."""
        found: list[SilentShard] = []
        for shard, days in late.items():
            mine = known.model_copy(update={"miscounts": tuple(one for one in known.miscounts if one.shard == shard)})
            counted = [one for one in gap_reasons(mine, days, lookback, self.calendar) if one.code == "count_mismatch"]
            ends = [feed.complete_until for feed in known.feeds if feed.shard == shard and feed.complete_until]
            why = counted[0] if counted else shard_silent(known, shard, days, max(ends, default=None), others)
            found.append(SilentShard(known.shard_by or "", shard, why))
        return found

    def _gaps(
        self,
        kpi: Kpi,
        window: Window,
        covered: Coverage,
        lookback: int,
        until: datetime,
        is_open: bool,
        begun: date | None,
        cut: datetime | None,
    ) -> list[date]:
        """Return the days that the KPI needs of a stream over the window and that are not complete.

        `begun` is the first day of which any stream under the model tells: an order of that day is open as long as no parcel is
        known, so that a number over all rows needs the parcels from the same day on. `cut` is where the newest day
        begins of which any stream tells: an open period needs the days before it of each.
        """
        if covered.until is None:
            return _some_days(window)
        first = window.end if kpi.kind is Kind.STOCK else window.start
        # An open period is complete as far as the data reaches; how far that may lie back is freshness' to judge.
        reach = until
        if is_open and covered.until > self.calendar.start_of(first):
            reach = min(until, max(covered.reach or until, cut or covered.until))
        start = first - timedelta(days=lookback)
        if kpi.of_every_day:  # what began on any known day may still be open
            span = covered.span()
            known = min(begun or first, span[0] if span else self.calendar.day_of(covered.intervals[0].end))
            start = min(start, max(known, first - timedelta(days=RIGHT_NOW)))
        gaps = covered.missing(start, window.end, reach)
        if kpi.kind is Kind.STOCK and not lookback and gaps:
            gaps = self._not_carried(kpi, window, covered, reach)
        if kpi.kind is Kind.STOCK and lookback and gaps:
            gaps = self._carried_gaps(kpi, window, covered, lookback, reach)
        return gaps

    def _not_carried(self, kpi: Kpi, window: Window, covered: Coverage, reach: datetime) -> list[date]:
        """A state holds for as long as the contract carries it: one covered day within that is enough."""
        for back in range(seconds(kpi.carry) // 86400):
            day = window.end - timedelta(days=back)
            if not covered.missing(day, day, min(reach, self.calendar.end_of(day))):
                return []
        return [window.end]

    def _carried_gaps(self, kpi: Kpi, window: Window, covered: Coverage, lookback: int, reach: datetime) -> list[date]:
        """Return the gaps in the days that the state in force looks back on."""
        best: list[date] | None = None
        for back in range(max(1, seconds(kpi.carry) // 86400)):
            day = window.end - timedelta(days=back)
            gaps = covered.missing(day - timedelta(days=lookback), day, min(reach, self.calendar.end_of(day)))
            best = gaps if best is None or len(gaps) < len(best) else best
        return best or []

    def _ages_of(self, kpi: Kpi, facts: ModelFacts, coverage: dict[str, Coverage]) -> _Ages:
        key = (facts.model, kpi.requires.freshness)
        known = self._ages.get(key)
        if known is None:
            ends = [one.until for one in coverage.values() if one.until is not None]
            newest = self.calendar.start_of(self.calendar.day_of(max(ends))) if ends else None
            begun = min((span[0] for covered in coverage.values() if (span := covered.span())), default=None)
            known = self._ages[key] = _Ages(
                min(ends, default=None), *self._freshness_of_streams(kpi, facts, coverage), begun, newest
            )
        return known

    def _freshness_of_streams(
        self, kpi: Kpi, facts: ModelFacts, coverage: dict[str, Coverage]
    ) -> tuple[Freshness | None, datetime | None]:
        """Return how fresh the oldest stream is, each against the KPI's contract or else its own declaration."""
        found = [
            self._age(kpi.requires.freshness or facts.coverage[stream].freshness or DEFAULT_FRESHNESS, covered.until)
            for stream, covered in coverage.items()
            if covered.until is not None
        ]
        if not found:
            return None, None
        oldest = worst([step for step, _ in found])
        return oldest, min((edge for _, edge in found if edge is not None and edge > self.now), default=None)

    def _age(self, expected: str, as_of: datetime) -> tuple[Freshness, datetime | None]:
        """Return how fresh data are that reach to `as_of`, and the first instant at which that may have changed."""
        freshness, age = freshness_of(self.now - as_of, timedelta(seconds=seconds(expected)))
        return freshness, max(as_of + age, self.now + timedelta(microseconds=1)) if age is not None else None

    def _too_old(self, kpi: Kpi, facts: ModelFacts, as_of: datetime | None) -> Reason:
        ages = {name: covered.until for name, covered in self._coverage(facts.model).items() if covered.until}
        wanted = {name: kpi.requires.freshness or facts.coverage[name].freshness or DEFAULT_FRESHNESS for name in ages}
        late = [name for name, end in ages.items() if self._age(wanted[name], end)[0] is Freshness.CRITICAL]
        stream = min(late, key=lambda name: (ages[name], name)) if late else None
        expected = wanted[stream] if stream else DEFAULT_FRESHNESS
        as_of = ages[stream] if stream else as_of
        reached = f"{self.calendar.local(as_of):%Y-%m-%d %H:%M}" if as_of else "never"
        return Reason(
            code="too_old",
            sentence=f"The newest {words(stream or 'data')} reach to {reached}; they should be at most {expected} old.",
            input=stream,
            since=as_of,
            owner=facts.coverage[stream].owner if stream else None,
            repair=(facts.coverage[stream].repair if stream else None) or "assay refresh",
        )

    def _failed_checks(self, kpi: Kpi, held: set[str]) -> list[Reason]:
        """Return the required checks that fail; where one has its model held back, the hold says which days it touches."""
        found: list[Reason] = []
        for name in kpi.requires.checks:
            check = self._checks.get(name)
            if check is None:
                found.append(check_missing(name))
            elif check.status != "passed" and not (check.blocking and held.intersection(check.models)):
                found.append(check_reason(check))
        return found

    def _dated_checks(self, model: str) -> list[Check]:
        """Return the failing checks that say which days they touch, of a model."""
        return [check for check in self._odd_days if model in check.models]

    def _touches(self, check: Check, kpi: Kpi, facts: ModelFacts, window: Window) -> bool:
        """Return whether a day that the check finds odd is among those that the number rests on."""
        today = self.calendar.day_of(self.now)
        first, last = window.start, window.end
        if kpi.kind is Kind.STOCK:
            last = min(last, today)
            first = last - timedelta(days=max(1, seconds(kpi.carry) // 86400) - 1)
        elif kpi.of_every_day:
            first = min(last, today) - timedelta(days=RIGHT_NOW)
        first -= timedelta(days=facts.lookback.get(check.stream or "", 0))
        return any(first <= day <= last for day in check.days or ())

    def _hold(self, kpi: Kpi, facts: ModelFacts, window: Window, is_open: bool) -> tuple[Reason, bool]:
        """Return why the model is held, and whether that touches the window; a carried state comes from earlier days."""
        hold = facts.held
        assert hold is not None
        first = window.end - timedelta(days=seconds(kpi.carry) // 86400) if kpi.kind is Kind.STOCK else window.start
        if kpi.of_every_day:
            first = date.min
        touched = hold.all_days or is_open or any(first <= day <= window.end for day in hold.days)
        reason = Reason(
            code=hold.code,
            sentence=hold.sentence,
            input=facts.model,
            since=hold.since,
            owner=hold.owner,
            repair=f"Mend the {'rows' if hold.code == 'check_failed' else 'model'}, then run `assay refresh`.",
        )
        return reason, touched


def _some_days(window: Window) -> list[date]:
    return [window.start + timedelta(days=n) for n in range(min(window.days, 31))]

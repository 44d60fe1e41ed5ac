"""The verdict on a value that rests directly on a model: coverage, freshness, holds, failed checks, settling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from assay.calendar import ShopCalendar, Window
from assay.catalog.contract import Kind, Kpi, seconds
from assay.trust.coverage import Coverage
from assay.values.answer import Freshness, Reason
from assay.values.check import Check
from assay.values.generation import Generation, ModelFacts, StreamFacts
from assay.values.verdict import Verdict

DEFAULT_FRESHNESS = "26h"
_STEPS = ((1.0, Freshness.FRESH), (1.5, Freshness.ACCEPTABLE), (3.0, Freshness.STALE))


def freshness_of(age: timedelta, expected: timedelta) -> tuple[Freshness, timedelta | None]:
    """Return the freshness of data of that age, and the age at which it changes: f, 1.5 f, 3 f."""
    for factor, step in _STEPS:
        if age <= expected * factor:
            return step, expected * factor
    return Freshness.CRITICAL, None


NOTHING_PUBLISHED = Reason(
    code="nothing_published",
    sentence="Nothing has been loaded yet, so there is no number.",
    repair="assay import FILE --as KIND, or assay refresh",
)


NOT_BEGUN = Reason(code="not_begun", sentence="The period has not begun.")


@dataclass(frozen=True)
class Judge:
    """Judges values of one generation at one instant."""

    generation: Generation
    calendar: ShopCalendar
    now: datetime
    _known: dict[str, dict[str, Coverage]] = field(default_factory=dict, compare=False, repr=False)

    def _coverage(self, model: str) -> dict[str, Coverage]:
        """Return the coverage of every stream under the model."""
        if model not in self._known:
            facts = self.generation.models[model]
            self._known[model] = {name: Coverage(facts.coverage[name].intervals, self.calendar) for name in facts.streams}
        return self._known[model]

    def judge(self, kpi: Kpi, window: Window) -> Verdict:
        """Return the verdict on the KPI's own aggregates over the window."""
        assert kpi.model is not None
        facts = self.generation.models.get(kpi.model)
        if facts is None:
            return Verdict(window.days, (), (_never_built(kpi.model) if self.generation.id else NOTHING_PUBLISHED,))
        if self.calendar.start_of(window.start) > self.now:
            return Verdict(window.days, (), (NOT_BEGUN,))
        coverage = self._coverage(kpi.model)
        until = self._measured_until(window)
        is_open = self.calendar.end_of(window.end) > self.now and window.cut is None
        as_of = min((one.until for one in coverage.values() if one.until), default=None)
        blocking, missing = self._uncovered(kpi, window, facts, coverage, until, is_open)
        freshness, step = self._freshness(kpi, as_of)
        if is_open and freshness is Freshness.CRITICAL and not blocking:
            blocking.append(self._too_old(kpi, facts, as_of))
        blocking += self._failed_checks(kpi, {facts.model} if facts.held else set())
        remarks: list[Reason] = []
        if facts.held is not None:
            reason, touched = self._hold(kpi, facts, window, is_open)
            (blocking if touched else remarks).append(reason)
            freshness = max(freshness or Freshness.STALE, Freshness.STALE, key=list(Freshness).index)
        settles = self.calendar.end_of(window.end) + timedelta(seconds=seconds(kpi.settle) if kpi.settle else 0)
        boundaries = [edge for edge in (step, settles, self._midnight()) if edge is not None and edge > self.now]
        return Verdict(
            days=window.days,
            missing=tuple(missing),
            blocking=tuple(blocking),
            remarks=tuple(remarks),
            freshness=freshness,
            as_of=as_of,
            settles_at=settles if settles > self.now else None,
            valid_until=min(boundaries),
        )

    def required(self, kpi: Kpi, window: Window, verdict: Verdict) -> Verdict:
        """Return the verdict on a KPI that is made of others, with what its own contract requires on top of theirs."""
        said = (*verdict.blocking, *verdict.remarks)
        held = {reason.input for reason in said if reason.code in ("check_failed", "model_failed") and reason.input}
        blocking = [*verdict.blocking, *(one for one in self._failed_checks(kpi, held) if one not in verdict.blocking)]
        freshness, valid_until = verdict.freshness, verdict.valid_until
        if kpi.requires.freshness is not None and verdict.as_of is not None and freshness is not None:
            own, step = self._freshness(kpi, verdict.as_of)
            freshness = max(freshness, own or freshness, key=list(Freshness).index)
            valid_until = min((edge for edge in (valid_until, step) if edge is not None and edge > self.now), default=None)
            is_open = self.calendar.end_of(window.end) > self.now and window.cut is None
            if is_open and own is Freshness.CRITICAL and not blocking:
                blocking.append(_data_too_old(kpi, verdict.as_of, self.calendar))
        return replace(verdict, blocking=tuple(blocking), freshness=freshness, valid_until=valid_until)

    def span(self, kpi: Kpi) -> tuple[date, date] | None:
        """Return the first and last day that every stream under the KPI's model covers: what `all` means for it."""
        facts = self.generation.models.get(kpi.model or "")
        if facts is None:
            return None
        spans = [span for covered in self._coverage(facts.model).values() if (span := covered.span())]
        if not spans:
            return None
        return max(start for start, _ in spans), min(end for _, end in spans)

    def _measured_until(self, window: Window) -> datetime:
        if window.cut is None:
            return min(self.calendar.end_of(window.end), self.now)
        return self.calendar.instant_of(window.end, window.cut)

    def _midnight(self) -> datetime:
        return self.calendar.end_of(self.calendar.day_of(self.now))

    def _uncovered(
        self, kpi: Kpi, window: Window, facts: ModelFacts, coverage: dict[str, Coverage], until: datetime, is_open: bool
    ) -> tuple[list[Reason], list[date]]:
        blocking: list[Reason] = []
        missing: set[date] = set()
        last = min(window.end, self.calendar.day_of(self.now)) if kpi.kind is Kind.STOCK else window.end
        window = Window(min(window.start, last), last, window.cut)  # a state of later days is today's
        for stream, covered in coverage.items():
            owner = facts.coverage[stream].owner
            if covered.until is None:
                blocking.append(_no_data(stream, owner))
                missing.update(_some_days(window))
                continue
            first = last if kpi.kind is Kind.STOCK else window.start
            # An open period is complete as far as the data reaches; how far that may lie back is freshness' to judge.
            reach = min(until, covered.until) if is_open and covered.until > self.calendar.start_of(first) else until
            lookback = facts.lookback.get(stream, 0)
            gaps = covered.missing(first - timedelta(days=lookback), window.end, reach)
            if kpi.kind is Kind.STOCK and not lookback and gaps:
                gaps = self._not_carried(kpi, window, covered, reach)
            if kpi.kind is Kind.STOCK and lookback and gaps:
                gaps = self._carried_gaps(kpi, window, covered, lookback, reach)
            if gaps:
                blocking.append(self._not_covered(facts.coverage[stream], gaps, lookback))
                missing.update(day for day in gaps if window.start <= day <= window.end)
        return blocking, sorted(missing)

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

    def _freshness(self, kpi: Kpi, as_of: datetime | None) -> tuple[Freshness | None, datetime | None]:
        if as_of is None:
            return None, None
        expected = timedelta(seconds=seconds(kpi.requires.freshness or DEFAULT_FRESHNESS))
        freshness, age = freshness_of(self.now - as_of, expected)
        return freshness, as_of + age if age is not None else None

    def _too_old(self, kpi: Kpi, facts: ModelFacts, as_of: datetime | None) -> Reason:
        late = [name for name, covered in self._coverage(facts.model).items() if covered.until == as_of]
        stream = late[0] if late else None
        expected = kpi.requires.freshness or DEFAULT_FRESHNESS
        reached = f"{self.calendar.local(as_of):%Y-%m-%d %H:%M}" if as_of else "never"
        return Reason(
            code="too_old",
            sentence=f"The newest {_words(stream or 'data')} reach to {reached}; they should be at most {expected} old.",
            input=stream,
            since=as_of,
            owner=facts.coverage[stream].owner if stream else None,
            repair="assay refresh",
        )

    def _failed_checks(self, kpi: Kpi, held: set[str]) -> list[Reason]:
        """Return the required checks that fail; where one has its model held back, the hold says which days it touches."""
        checks = {check.name: check for check in self.generation.checks}
        found: list[Reason] = []
        for name in kpi.requires.checks:
            check = checks.get(name)
            if check is None:
                found.append(
                    Reason(
                        code="check_missing",
                        sentence=f"The check {name} that this number needs has not been run.",
                        input=name,
                        repair=f"Run `assay refresh`; if that does not help, there is no dbt test named {name}.",
                    )
                )
            elif check.status != "passed" and not (check.blocking and held.intersection(check.models)):
                found.append(check_reason(check))
        return found

    def _not_covered(self, facts: StreamFacts, gaps: list[date], lookback: int) -> Reason:
        days = f"{gaps[0]:%Y-%m-%d}" if len(gaps) == 1 else f"{len(gaps)} days from {gaps[0]:%Y-%m-%d} to {gaps[-1]:%Y-%m-%d}"
        back = f" (the number looks back {lookback} days)" if lookback else ""
        said = f"No load says that {_words(facts.stream)} are complete for {days}{back}."
        rejected = Coverage(facts.rejected, self.calendar)
        refused = [day for day in gaps if rejected.holds(self.calendar.start_of(day), self.calendar.end_of(day))]
        if refused:
            said += f" Rows of {refused[0]:%Y-%m-%d} were rejected when they were imported."
        return Reason(
            code="not_covered",
            sentence=said,
            input=facts.stream,
            owner=facts.owner,
            repair=f"assay refresh, or assay import FILE --as {facts.stream} with these days",
        )

    def _hold(self, kpi: Kpi, facts: ModelFacts, window: Window, is_open: bool) -> tuple[Reason, bool]:
        """Return why the model is held, and whether that touches the window; a carried state comes from earlier days."""
        hold = facts.held
        assert hold is not None
        first = window.end - timedelta(days=seconds(kpi.carry) // 86400) if kpi.kind is Kind.STOCK else window.start
        touched = hold.all_days or is_open or any(first <= day <= window.end for day in hold.days)
        reason = Reason(
            code=hold.code,
            sentence=hold.sentence,
            input=facts.model,
            since=hold.since,
            owner=hold.owner,
            repair="assay refresh",
        )
        return reason, touched


def check_reason(check: Check) -> Reason:
    """Return why a failed check withholds what rests on it."""
    what = f"{check.failures} rows do not pass it" if check.status == "failed" else f"it could not run: {check.message}"
    return Reason(
        code="check_failed",
        sentence=f"The check {check.name} fails: {what}.",
        input=check.name,
        since=check.checked_at,
        repair=f"Mend the rows that `{check.name}` finds, then run `assay refresh`.",
    )


def _data_too_old(kpi: Kpi, as_of: datetime, calendar: ShopCalendar) -> Reason:
    return Reason(
        code="too_old",
        sentence=f"The newest data reach to {calendar.local(as_of):%Y-%m-%d %H:%M}; "
        f"they should be at most {kpi.requires.freshness} old.",
        input=kpi.kpi,
        since=as_of,
        owner=kpi.owner,
        repair="assay refresh",
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _some_days(window: Window) -> list[date]:
    return [window.start + timedelta(days=n) for n in range(min(window.days, 31))]


def _never_built(model: str) -> Reason:
    return Reason(
        code="no_data", sentence=f"Nothing has been loaded for {_words(model)} yet.", input=model, repair="assay refresh"
    )


def _no_data(stream: str, owner: str | None) -> Reason:
    return Reason(
        code="no_data",
        sentence=f"No {_words(stream)} have been loaded.",
        input=stream,
        owner=owner,
        repair=f"assay import FILE --as {stream}",
    )

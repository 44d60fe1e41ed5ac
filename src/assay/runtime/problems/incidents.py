"""Incidents: every root cause in words, with whose it is, what repairs it, and what it blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from assay.catalog.contract import Criticality, seconds
from assay.catalog.entry import Catalog
from assay.runtime.problems.blockage import Blockage
from assay.trust.causes import NOT_REFRESHED, OLD, CauseJudge, skipped, streams_under
from assay.trust.faults import Fault
from assay.trust.freshness import freshness_of
from assay.trust.reasons import NOTHING_PUBLISHED, owners_of, said, words
from assay.values.check import Check, checks_sentence
from assay.values.generation import ModelFacts
from assay.values.trust import Blocked, Incident, SourceTrust

MOST_DAYS = 31
_ORDER = {one.value: place for place, one in enumerate(Criticality)}


def incidents_of(
    judge: CauseJudge, catalog: Catalog, blocked: Mapping[str, Blockage], sources: Sequence[SourceTrust]
) -> tuple[Incident, ...]:
    """Return every incident of the judge's generation at its instant, what blocks most first, critical numbers before all."""
    teller = _Teller(judge, catalog, {row.stream: row for row in sources})
    keys = [*blocked, *judge.failing.values(), *judge.broken.values(), *teller.held(), *teller.late()]
    found = [
        incident for key in dict.fromkeys(keys) if (incident := teller.incident(key, blocked.get(key, Blockage()))) is not None
    ]
    return tuple(sorted(found, key=_weight))


def _weight(incident: Incident) -> tuple[object, ...]:
    now = [one for one in incident.blocks if one.now]
    critical = sum(one.criticality == "critical" for one in now)
    all_critical = sum(one.criticality == "critical" for one in incident.blocks)
    since = incident.since.timestamp() if incident.since else 0.0
    return -critical, -len(now), -all_critical, -len(incident.blocks), since, incident.id


@dataclass
class _Told:
    """What an incident says, before it is known what it blocks."""

    code: str
    sentence: str
    input: str | None = None
    since: datetime | None = None
    owner: str | None = None
    repair: str | None = None
    days: Sequence[date] = ()
    streams: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    always: bool = field(default=False)
    """Whether it is worth telling although it blocks nothing."""


class _Teller:
    """Puts causes into words."""

    def __init__(self, judge: CauseJudge, catalog: Catalog, sources: Mapping[str, SourceTrust]) -> None:
        self._judge = judge
        self._catalog = catalog
        self._sources = sources
        self._generation = judge.generation

    def late(self) -> list[str]:
        """Return the keys of streams that are older than they should be, whatever they block."""
        return [self._judge.late(name) for name, row in self._sources.items() if row.kpis and self._is_old(name)]

    def _is_old(self, stream: str) -> bool:
        """Return whether nothing newer of the stream came, from any shard, for longer than expected."""
        reached, row = self._judge.faults.reached(stream), self._sources.get(stream)
        if reached is None or row is None:
            return False
        return freshness_of(self._judge.now - reached, timedelta(seconds=seconds(row.expected)))[0] in OLD

    def held(self) -> list[str]:
        """Return the keys of everything that holds a model back."""
        return [key for model in self._generation.models for key in self._judge.held_by(model)]

    def incident(self, key: str, blockage: Blockage) -> Incident | None:
        """Return the incident of the cause, or nothing where there is nothing to tell."""
        told = self._told(key)
        blocks = self._blocks(blockage, only_now=told.code == "awaited")
        if not blocks and not told.always:
            return None
        return Incident(
            id=key.replace(":", "."),
            code=told.code,
            sentence=told.sentence,
            input=told.input,
            since=told.since,
            owner=told.owner,
            repair=told.repair,
            days=tuple(told.days[:MOST_DAYS]),
            days_count=len(told.days),
            streams=told.streams,
            models=told.models,
            checks=told.checks,
            withheld=sum(one.now for one in blocks),
            blocks=blocks,
        )

    def _blocks(self, blockage: Blockage, *, only_now: bool) -> tuple[Blocked, ...]:
        names = set(blockage.now) if only_now else blockage.other | set(blockage.now)
        found = []
        for name in names:
            contract = self._catalog.kpis[name].contract
            periods = blockage.now.get(name, {})
            found.append(
                Blocked(
                    kpi=name,
                    label=contract.title,
                    criticality=contract.criticality.value,
                    owner=contract.owner,
                    now=bool(periods),
                    periods=tuple(periods),
                    boards=tuple(dict.fromkeys(board for boards in periods.values() for board in boards)),
                )
            )
        return tuple(sorted(found, key=lambda one: (not one.now, _ORDER[one.criticality], one.kpi)))

    def _told(self, key: str) -> _Told:
        kind, _, name = key.partition(":")
        fault = self._judge.faults.by_key.get(key)
        if fault is not None:
            return self._fault(fault)
        if kind == NOT_REFRESHED:
            return self._not_refreshed()
        if kind == "check":
            return self._checks(key)
        if kind == "model":
            return self._models(key)
        if kind == "nothing_published":
            reason = NOTHING_PUBLISHED
            return _Told(kind, reason.sentence, repair="`assay refresh`, or `assay import FILE --as KIND`", always=True)
        other = self._judge.others.get(key)
        if other is None:  # a model is held, and what held it is not known any more
            return self._held(key, name)
        return _Told(other.code, other.sentence, other.input, other.since, other.owner, other.repair)

    # What was delivered

    def _fault(self, fault: Fault) -> _Told:
        streams = tuple(self._ranked(fault.streams))
        told = _Told(
            fault.code,
            "",
            input=streams[0],
            since=fault.since,
            owner=self._owners(streams),
            days=fault.days,
            streams=streams,
        )
        what, days = self._names(fault.streams), said(fault.days) if fault.days else ""
        first = told.streams[0]
        declared = self._generation.streams[first].repair
        match fault.code:
            case "late":
                self._late(told, fault)
            case "rejected_rows":
                told.sentence = f"Rows were rejected when {what} were imported, so {days} {_is(fault.days)} not complete."
                told.repair = f"Mend the rejected rows, then run `{_import(fault, first)}`."
            case "count_mismatch":
                wrong = next(one for one in self._generation.streams[first].miscounts if one.shard == fault.shard)
                told.sentence = (
                    f"{wrong.source} counts {wrong.expected:,} rows of {what} for {days}, but {wrong.counted:,} came."
                )
                told.repair = (
                    f"Fetch {days} again from {wrong.source}: `assay import FILE --as {first} --rows {wrong.expected}`."
                )
            case "shard_silent":
                told.sentence = f"{fault.shard} has not delivered its {what} of {days}; the others have."
                told.repair = f"`assay import FILE --as {first} --shard {fault.shard}`, or retire the shard in assay.yml."
            case "history":
                told.sentence = f"{what[0].upper()}{what[1:]} go back to {self._began(first)}; what is asked begins earlier."
                told.repair = declared or f"`assay import FILE --as {first}` with the days before."
            case "no_data":
                told.sentence = f"No records of {what} have been loaded."
                told.repair = declared or f"assay import FILE --as {first}"
            case _:
                told.sentence = f"No load says that {what} are complete for {days}."
                told.repair = declared or _import(fault, first)
        return told

    def _late(self, told: _Told, fault: Fault) -> None:
        """Say that nothing newer came: as a problem where that is later than expected, else as something that is awaited."""
        old = [name for name in fault.streams if self._is_old(name)]
        reached = f"{self._judge.calendar.local(fault.since):%Y-%m-%d %H:%M}" if fault.since else "never"
        what = self._names(fault.streams)
        declared = self._generation.streams[told.streams[0]].repair
        told.repair = declared or f"`assay refresh`, or `assay import FILE --as {told.streams[0]}`."
        if not old:
            told.code = "awaited"
            told.sentence = f"{what[0].upper()}{what[1:]} reach to {reached}; what came after that is still awaited."
            return
        expected = min((self._sources[name].expected for name in old), key=seconds)
        told.always = True
        whose = f"The source {fault.source} has delivered nothing newer: " if fault.source and len(fault.streams) > 1 else ""
        told.sentence = f"{whose}the newest {what} reach to {reached}; they should be at most {expected} old."
        told.sentence = told.sentence[0].upper() + told.sentence[1:]

    def _not_refreshed(self) -> _Told:
        """Say that nobody has refreshed: every stream was fresh enough when that was done last."""
        aged = tuple(sorted(self._judge.aged))
        done = self._generation.published_at
        what = self._names(aged)
        return _Told(
            NOT_REFRESHED,
            f"Nothing has been refreshed since {self._judge.calendar.local(done):%Y-%m-%d %H:%M}: {what} "
            f"{'is' if len(aged) == 1 else 'are'} older than they should be.",
            since=done,
            owner=self._owners(aged) if len(aged) == 1 else None,
            repair="`assay refresh`; `assay serve` does it on schedule.",
            streams=aged,
            always=True,
        )

    def _began(self, stream: str) -> str:
        start = self._generation.streams[stream].intervals[0].start
        return f"{self._judge.calendar.local(start):%Y-%m-%d}" if start else "the beginning"

    # What was built and checked

    def _checks(self, key: str) -> _Told:
        checks = [check for check in self._generation.checks if self._judge.failing.get(check.name) == key]
        root = next((check for check in checks if f"check:{check.name}" == key), checks[0])
        holds = [facts for facts in self._generation.models.values() if key in self._judge.held_by(facts.model)]
        since = [facts.held.since for facts in holds if facts.held] or [check.since or check.checked_at for check in checks]
        days = sorted({day for check in checks for day in check.days or ()})
        streams = tuple(sorted(streams_under(root, self._generation)))
        return _Told(
            "check_failed" if any(check.blocking for check in checks) else "check_warns",
            _failing(root, checks),
            input=root.name,
            since=min(since),
            owner=self._owners(streams) or next((facts.held.owner for facts in holds if facts.held and facts.held.owner), None),
            repair=root.repair or f"Mend the rows that `{root.name}` finds, then run `assay refresh`.",
            days=days,
            streams=streams,
            models=tuple(sorted(facts.model for facts in holds)),
            checks=tuple(check.name for check in checks),
            always=True,
        )

    def _models(self, key: str) -> _Told:
        broken = [self._generation.models[name] for name, cause in self._judge.broken.items() if cause == key]
        own = [facts for facts in broken if facts.held and not skipped(facts.held)]
        root = own[0] if own else broken[0]
        told = self._hold(root, [facts.model for facts in broken])
        if not own and len(broken) > 1:
            told.sentence = f"{len(broken)} models could not be built, because one before them failed."
        told.checks = tuple(name for name, cause in self._judge.failing.items() if cause == key)
        return told

    def _held(self, key: str, name: str) -> _Told:
        facts = self._generation.models.get(name)
        if facts is None or facts.held is None:
            return _Told(key, f"Something is wrong with {words(name or key)}.", repair="assay refresh")
        return self._hold(facts, [name])

    def _hold(self, root: ModelFacts, models: Iterable[str]) -> _Told:
        assert root.held is not None
        mend = "Mend the model, then run `assay refresh`." if root.held.code == "model_failed" else "assay refresh"
        return _Told(
            root.held.code,
            root.held.sentence,
            input=root.model,
            since=root.held.since,
            owner=root.held.owner or self._owners(root.streams),
            repair=mend,
            days=root.held.days,
            streams=root.streams,
            models=tuple(sorted(models)),
            always=True,
        )

    def _owners(self, streams: Iterable[str]) -> str | None:
        """Return who answers for the streams, the most named first."""
        return owners_of(facts for name in streams if (facts := self._generation.streams.get(name)))

    def _ranked(self, streams: Iterable[str]) -> list[str]:
        """Return the streams, those on which most rests first."""
        return sorted(streams, key=lambda name: (-self._sources[name].kpis if name in self._sources else 0, name))

    def _names(self, streams: Sequence[str]) -> str:
        """Return streams as words, those on which most rests first."""
        named = [words(name) for name in self._ranked(streams)]
        if len(named) > 3:
            return f"{', '.join(named[:2])} and {len(named) - 2} more streams"
        return " and ".join(one for one in (", ".join(named[:-1]), named[-1]) if one)


def _failing(root: Check, checks: Sequence[Check]) -> str:
    if root.days is not None and root.message:
        others = [check.name for check in checks if check is not root]
        fail = "check fails" if len(others) == 1 else "checks fail"
        return f"{root.message} {len(others)} more {fail} with it: {', '.join(others)}." if others else root.message
    return checks_sentence(checks)


def _import(fault: Fault, stream: str) -> str:
    covered = f"{fault.days[0]}" if len(fault.days) == 1 else f"{fault.days[0]}..{fault.days[-1]}"
    return f"assay import FILE --as {stream} --covers {covered}"


def _is(days: Sequence[date]) -> str:
    return "is" if len(days) == 1 else "are"

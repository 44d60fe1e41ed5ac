"""From the reasons of a verdict to their root causes: the fault, check or model from which all of them come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from assay.calendar import Window
from assay.catalog.contract import Kind, Kpi, seconds
from assay.trust.faults import Faults
from assay.trust.freshness import DEFAULT_FRESHNESS, freshness_of
from assay.trust.verdict import RIGHT_NOW, Judge
from assay.values.answer import Freshness, Reason
from assay.values.check import Check
from assay.values.generation import Generation, Hold, ModelFacts
from assay.values.verdict import Verdict

NOT_REFRESHED = "not_refreshed"
"""The cause of streams that were fresh when they were published last, and are not any more: nobody has refreshed since."""
NOT_A_PROBLEM = frozenset({"not_begun"})
OLD = (Freshness.STALE, Freshness.CRITICAL)
_GAPS = frozenset({"not_covered", "count_mismatch", "shard_silent"})


class Traced(Reason):
    """A reason with the keys of its root causes."""

    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CauseJudge(Judge):
    """A judge whose blocking reasons know their root causes."""

    expected: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """How old each stream may be; its own declaration where it is not here."""
    others: dict[str, Reason] = field(default_factory=dict, compare=False, repr=False)
    """Reasons of which nothing more is known than what they say, by key."""

    @cached_property
    def faults(self) -> Faults:
        """What is wrong with the streams."""
        return Faults(self.generation.streams, self.calendar, self.now)

    @cached_property
    def aged(self) -> frozenset[str]:
        """The streams that were as fresh as expected at the publication, and have grown old since then without another one."""
        found = set()
        for name, facts in self.generation.streams.items():
            until = self.faults.reached(name)
            expected = self.expected.get(name) or facts.freshness or DEFAULT_FRESHNESS
            wanted = timedelta(seconds=seconds(expected))
            if until is not None and freshness_of(self.now - until, wanted)[0] in OLD:
                found |= {name} if freshness_of(self.generation.published_at - until, wanted)[0] not in OLD else set()
        return frozenset(found)

    @cached_property
    def failing(self) -> dict[str, str]:
        """The key of the root cause of every failing check, by its name."""
        return check_causes(self.generation)

    @cached_property
    def broken(self) -> dict[str, str]:
        """The key of the root cause of every model that could not be built, by its name."""
        return model_causes(self.generation)

    def judge(self, kpi: Kpi, window: Window) -> Verdict:
        """Return the verdict on the KPI's own aggregates, every blocking reason traced to its causes."""
        verdict = super().judge(kpi, window)
        if not verdict.blocking:  # the same verdict for all that share it
            return verdict
        facts = self.generation.models.get(kpi.model or "")
        return replace(verdict, blocking=tuple(self._traced(one, kpi, facts, window) for one in verdict.blocking))

    def required(self, kpi: Kpi, window: Window, verdict: Verdict) -> Verdict:
        """Return the verdict on a KPI that is made of others, what its own contract requires traced as well."""
        found = super().required(kpi, window, verdict)
        if not found.blocking:
            return found
        return replace(found, blocking=tuple(self._traced(one, kpi, None, window) for one in found.blocking))

    def held_by(self, model: str) -> tuple[str, ...]:
        """Return the keys of what holds a model back."""
        facts = self.generation.models.get(model)
        if facts is None or facts.held is None:
            return ()
        if facts.held.code == "model_failed":
            return (self.broken[model],)
        keys = (
            self.failing[check.name]
            for check in self.generation.checks
            if check.status != "passed" and check.blocking and check.days is None and model in check.models
        )
        return tuple(dict.fromkeys(keys)) or (f"held:{model}",)

    def _traced(self, reason: Reason, kpi: Kpi, facts: ModelFacts | None, window: Window) -> Reason:
        if isinstance(reason, Traced) or reason.code in NOT_A_PROBLEM:
            return reason
        keys = self._causes(reason, kpi, facts, window)
        if not keys:
            keys = (f"{reason.code}:{reason.input or kpi.kpi}",)
            self.others.setdefault(keys[0], reason)
        return Traced(**reason.model_dump(), causes=keys)

    def _causes(self, reason: Reason, kpi: Kpi, facts: ModelFacts | None, window: Window) -> tuple[str, ...]:
        about = reason.input or ""
        match reason.code:
            case code if code in _GAPS and facts is not None:
                return self._gap_causes(about, kpi, facts, window)
            case "too_old":
                return self._late_causes(about, facts)
            case "check_failed" | "model_failed" if facts is not None and about == facts.model:
                return self.held_by(about)
            case "check_failed" | "check_warns" if about in self.failing:
                return (self.failing[about],)
            case "no_data" if about in self.generation.streams:
                return self._newer_than(facts, about) or (f"no_data:{about}",)
            case "nothing_published":
                return ("nothing_published",)
            case _:
                return ()

    def _gap_causes(self, stream: str, kpi: Kpi, facts: ModelFacts, window: Window) -> tuple[str, ...]:
        today = self.calendar.day_of(self.now)
        last = min(window.end, today)
        back = facts.lookback.get(stream, 0)
        first = window.start
        if kpi.kind is Kind.STOCK:
            first = last
            back += max(0, seconds(kpi.carry) // 86400 - 1)
        elif kpi.of_every_day:
            back += RIGHT_NOW
        until = self.faults.until(stream)
        is_open = self.calendar.end_of(window.end) > self.now and window.cut is None
        # An open period is complete as far as the data reaches, so what has not come yet is not why it is withheld.
        newest = not (is_open and until is not None and until > self.calendar.start_of(min(first, last)))
        found = self.faults.of(stream, min(first, last) - timedelta(days=back), last, newest=newest)
        late = self.faults.late(stream)
        traced = tuple(self.late(stream) if key == late else key for key in found)
        return traced or self._newer_than(facts, stream)

    def _late_causes(self, about: str, facts: ModelFacts | None) -> tuple[str, ...]:
        if about not in self.generation.streams:
            return ()
        return self._newer_than(facts, about) or self._behind(about) or (self.late(about),)

    def _behind(self, stream: str) -> tuple[str, ...]:
        """Return the shards that hold the stream back, where others have gone on."""
        until, reached = self.faults.until(stream), self.faults.reached(stream)
        if until is None or reached is None or until >= reached:
            return ()
        return self.faults.of(stream, self.calendar.day_of(until), self.calendar.day_of(reached), newest=False)

    def late(self, stream: str) -> str:
        """Return the key of why nothing newer of the stream is there."""
        return NOT_REFRESHED if stream in self.aged else self.faults.late(stream)

    def _newer_than(self, facts: ModelFacts | None, stream: str) -> tuple[str, ...]:
        """Return what holds the model back, where the stream itself has gone on meanwhile."""
        if facts is None or facts.held is None or stream not in facts.coverage:
            return ()
        gone_on = self.generation.streams[stream].intervals != facts.coverage[stream].intervals
        return self.held_by(facts.model) if gone_on else ()


def since_when(checks: Iterable[Check], before: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks, the failing ones with the instant since when they fail: that of the publication `before` where it
    found the same."""
    known = {check.name: check.since or check.checked_at for check in before if check.status != "passed"}
    return tuple(
        check if check.status == "passed" else check.model_copy(update={"since": known.get(check.name, check.checked_at)})
        for check in checks
    )


def check_causes(generation: Generation) -> dict[str, str]:
    """Return the key of the root cause of every failing check.

    A check that fails on everything that is built from a model, and one that fails further down, have one cause: the
    widest is its name. A check that could not run because its model was not built has the model's cause. Where the records
    of a stream are odd, what is built from it and began to fail at the same time fails for that.
    """
    failing = [check for check in generation.checks if check.status != "passed"]
    broken = model_causes(generation)
    found: dict[str, str] = {}
    odd = sorted((check for check in failing if check.stream and check.status == "failed"), key=lambda check: check.name)
    widest = sorted(failing, key=lambda check: (-len(check.models), check.name))
    for check in widest:
        unbuilt = next((broken[model] for model in check.models if model in broken), None)
        if check.status == "error" and unbuilt is not None:
            found[check.name] = unbuilt
            continue
        if (source := next((one for one in odd if _follows(check, one, generation)), None)) is not None:
            found[check.name] = f"check:{source.name}"
            continue
        root = next((one for one in widest if found.get(one.name) == f"check:{one.name}" and _within(check, one)), check)
        found[check.name] = f"check:{root.name}"
    return found


def _follows(check: Check, odd: Check, generation: Generation) -> bool:
    """Return whether a check fails since odd records came on the stream that it rests on."""
    if (check.since or check.checked_at) != (odd.since or odd.checked_at):
        return False
    return check.stream == odd.stream if check.stream else odd.stream in streams_under(check, generation)


def streams_under(check: Check, generation: Generation) -> frozenset[str]:
    """Return the streams that all models of the check rest on: what it can be about."""
    if check.stream:
        return frozenset({check.stream})
    known = [frozenset(facts.streams) for name in check.models if (facts := generation.models.get(name))]
    return frozenset.intersection(*known) if known else frozenset()


def _within(check: Check, other: Check) -> bool:
    """Return whether a failing check says the same as another that reaches further: about its models, and its days."""
    if not (check.blocking and other.blocking) or not set(check.models) <= set(other.models):
        return False
    if check.days is None or other.days is None:
        return check.days is other.days
    return set(check.days) <= set(other.days) and check.stream == other.stream


def model_causes(generation: Generation) -> dict[str, str]:
    """Return the key of the root cause of every model that could not be built: the model before it that failed itself."""
    failed = {name: facts for name, facts in generation.models.items() if facts.held and facts.held.code == "model_failed"}
    own = {name: facts for name, facts in failed.items() if facts.held and not skipped(facts.held)}
    found: dict[str, str] = {}
    for name, facts in failed.items():
        roots = [name] if name in own else _before(facts, own.values())
        found[name] = f"model:{roots[0]}" if roots else "model:skipped"
    return found


def skipped(hold: Hold) -> bool:
    """Return whether a model was not even tried, because one before it failed."""
    return "skipped" in hold.sentence.lower() or hold.sentence.endswith("it was not built")


def _before(facts: ModelFacts, failed: Iterable[ModelFacts]) -> list[str]:
    return sorted(one.model for one in failed if set(one.streams) <= set(facts.streams))

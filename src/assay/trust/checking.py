"""Running the checks of what landed: each file of `assay.trust.checks` over one ground, and what they say as `Check` values."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import assay.trust.checks
from assay.errors import AssayError
from assay.settings import Accepted
from assay.trust.ground import Finding, Ground
from assay.values.check import Check


@dataclass(frozen=True)
class StreamCheck:
    """A check of the landed records: its name, and what finds the odd days."""

    name: str
    find: Callable[[Ground], Iterator[Finding]]


@cache
def stream_checks() -> tuple[StreamCheck, ...]:
    """Return the checks, found by their files."""
    names = sorted(module.name for module in pkgutil.iter_modules(assay.trust.checks.__path__))
    modules = [importlib.import_module(f"assay.trust.checks.{name}") for name in names]
    return tuple(StreamCheck(module.NAME, module.find) for module in modules)


def run_checks(
    ground: Ground,
    models_of: Mapping[str, Sequence[str]],
    accepted: Iterable[Accepted] = (),
    checks: Sequence[StreamCheck] | None = None,
) -> tuple[Check, ...]:
    """Return a check for every stream that has records, named `<check>_<stream>`, with the days that it finds odd.

    `models_of` are the models that rest on a stream. A check that cannot run fails as a whole: what it would have said is
    not known.
    """
    found: list[Check] = []
    ignored = list(accepted)
    for check in stream_checks() if checks is None else checks:
        streams = [name for name, facts in ground.streams.items() if facts.rows and check.name not in facts.unchecked]
        try:
            findings = list(check.find(ground))
        except AssayError as error:
            found += [_error(check, stream, models_of, ground, error) for stream in streams]
            continue
        for stream in streams:
            mine = [_left(one, f"{check.name}_{stream}", ignored) for one in findings if one.stream == stream]
            found += _said(check, stream, [one for one in mine if one.days], models_of, ground)
    return tuple(found)


def _said(
    check: StreamCheck, stream: str, findings: list[Finding], models_of: Mapping[str, Sequence[str]], ground: Ground
) -> Iterator[Check]:
    name = f"{check.name}_{stream}"
    models = tuple(models_of.get(stream, ()))
    if not findings:
        yield Check(name=name, models=models, status="passed", checked_at=ground.now, stream=stream, days=())
    for blocking in (True, False):
        mine = [one for one in findings if one.blocking is blocking]
        if not mine:
            continue
        days: set[date] = {day for one in mine for day in one.days}
        yield Check(
            name=name if blocking or len(mine) == len(findings) else f"{name}_odd",
            models=models,
            status="failed",
            blocking=blocking,
            failures=sum(one.failures for one in mine),
            message=" ".join(one.sentence for one in mine[:3]),
            checked_at=ground.now,
            stream=stream,
            days=tuple(sorted(days)),
            repair=next((one.repair for one in mine if one.repair), None),
        )


def _left(finding: Finding, name: str, accepted: list[Accepted]) -> Finding:
    """Return the finding without the days that a person has accepted."""
    mine = [one for one in accepted if one.check == name]
    days = tuple(
        day for day in finding.days if not any(one.first <= day and (one.last is None or day <= one.last) for one in mine)
    )
    return (
        finding
        if days == finding.days
        else Finding(finding.stream, days, finding.sentence, finding.failures, finding.blocking, finding.repair)
    )


def _error(check: StreamCheck, stream: str, models_of: Mapping[str, Sequence[str]], ground: Ground, error: AssayError) -> Check:
    return Check(
        name=f"{check.name}_{stream}",
        models=tuple(models_of.get(stream, ())),
        status="error",
        message=str(error)[:400],
        checked_at=ground.now,
        stream=stream,
    )

"""The trust report: what every number rests on at an instant, and each problem once with everything that it blocks.

Pure: from a generation, its catalogue and an instant. What is withheld is not guessed from the graph but asked of the judge
that also judges the answers, over the very periods that boards show; so a tile that is withheld has its incident here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from assay.calendar import ShopCalendar
from assay.catalog.entry import Catalog
from assay.planner.plans import Plans
from assay.runtime.answers.partials import Partials
from assay.runtime.problems.blockage import Tracer, dependents
from assay.runtime.problems.incidents import incidents_of
from assay.runtime.problems.trust_tables import check_rows, expected_ages, next_steps, source_rows
from assay.trust.causes import CauseJudge
from assay.units import Currencies
from assay.values.generation import Generation
from assay.values.trust import CheckTrust, Incident, SourceTrust, TrustReport

_State = Literal["nothing_loaded", "blocked", "other_days", "watch", "well"]


def trust_report(
    generation: Generation,
    catalog: Catalog,
    calendar: ShopCalendar,
    now: datetime,
    *,
    project: str,
    currencies: Currencies,
    numbers: Partials | None = None,
    plans: Plans | None = None,
) -> TrustReport:
    """Return the report at the instant `now`, without new data since the generation.

    `numbers` are its partials: they are read only for KPIs that count breaches, whose trust depends on which rules hold.
    `plans` are the catalogue's, where they are known.
    """
    above = dependents(catalog)
    judge = CauseJudge(generation, calendar, now, expected=expected_ages(generation, catalog, above))
    tracer = Tracer(catalog, above, judge, currencies, numbers, plans)
    tracer.trace()
    sources = source_rows(judge, catalog, above)
    incidents = incidents_of(judge, catalog, tracer.blocked, sources)
    checks = check_rows(judge, incidents)
    blocked = len({one.kpi for incident in incidents for one in incident.blocks if one.now})
    problems = sum(incident.withheld > 0 for incident in incidents)
    state = _state(generation, incidents, problems)
    return TrustReport(
        project=project,
        timezone=calendar.zone_at(now).key,
        now=now,
        generation=generation.id or None,
        published_at=generation.published_at if generation.id else None,
        valid_until=min([*tracer.edges, *next_steps(judge, sources)], default=None),
        state=state,
        sentence=_sentence(state, problems, blocked, incidents, sources, checks),
        problems=problems,
        blocked=blocked,
        kpis=len(catalog.kpis),
        checked_at=max((check.checked_at for check in generation.checks), default=None),
        incidents=incidents,
        sources=sources,
        checks=checks,
    )


def _state(generation: Generation, incidents: Sequence[Incident], problems: int) -> _State:
    if not generation.id:
        return "nothing_loaded"
    if problems:
        return "blocked"
    if any(incident.blocks for incident in incidents):
        return "other_days"
    return "watch" if incidents else "well"


def _sentence(
    state: _State,
    problems: int,
    blocked: int,
    incidents: Sequence[Incident],
    sources: Sequence[SourceTrust],
    checks: Sequence[CheckTrust],
) -> str:
    match state:
        case "nothing_loaded":
            return "Nothing has been loaded yet, so there is nothing to trust."
        case "blocked":
            return f"{_counted(problems, 'problem')} {'blocks' if problems == 1 else 'block'} {_counted(blocked, 'number')}."
        case "other_days":
            count = sum(bool(incident.blocks) for incident in incidents)
            does = "withholds" if count == 1 else "withhold"
            return f"What people look at is all there; {_counted(count, 'problem')} {does} numbers of other periods."
        case "watch":
            return f"Nothing is blocked; {_counted(len(incidents), 'thing')} to look at."
        case _:
            loaded = sum(row.complete_until is not None for row in sources)
            return (
                f"All is well: {_counted(len(checks), 'check')} passed, {_counted(loaded, 'stream')} complete and up to date."
            )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

"""How a number came about: definition, plan, SQL, inputs, checks, receipt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from assay.catalog.contract import Kind, Question
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import Aggregate, Over, walk
from assay.planner.measures import measures_of
from assay.planner.rollup import rollup_of
from assay.planner.tables import Table, table_sql
from assay.runtime.answers.answering import find_kpi
from assay.runtime.benchmarks import beside
from assay.runtime.desk import Desk
from assay.runtime.publishing.generations import Snapshot
from assay.runtime.publishing.publish import series_fact
from assay.values.answer import Answer, Definition


def define(desk: Desk, name: str, period: str | None = None, at: date | datetime | None = None) -> Definition:
    """Return everything that there is to know about a KPI's number over a period."""
    snapshot = desk.snapshot()
    kpi = find_kpi(name, snapshot.catalog)
    answer = desk.ask(Question(kpi=kpi.name).model_copy(update={"period": period}), at, snapshot=snapshot)
    contract = kpi.contract
    models = series_fact(name, snapshot.catalog)["models"]
    return Definition(
        kpi=name,
        label=contract.title,
        definition=contract.definition,
        formula=contract.formula,
        kind=contract.kind.value,
        unit=answer.unit,
        owner=contract.owner,
        criticality=contract.criticality.value,
        source=contract.source,
        model=contract.model,
        time=contract.time,
        target=answer.target.text if answer.target else None,
        benchmarks=beside(kpi, answer),
        alerts=tuple(f"{alert.severity.value}: {alert.when}" for alert in kpi.alerts),
        refresh=_refresh(kpi),
        dimensions=kpi.dimensions,
        related=contract.related,
        depends_on=snapshot.catalog.depends_on(name),
        plan=plan_lines(name, snapshot.catalog),
        sql=sql_of(name, snapshot.catalog, desk.project.timezone),
        inputs=_inputs(snapshot, models),
        checks=_checks(snapshot, kpi, models),
        receipt=_receipt(snapshot, name, answer),
        answer=answer,
    )


def plan_lines(name: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the steps that make the number, inputs first."""
    lines: list[str] = []
    for one in (*catalog.depends_on(name), name):
        kpi = catalog.kpis[one]
        rollup = rollup_of(kpi, catalog)
        if (told := _told_whole(kpi)) is not None:
            lines.append(f"{one} = {told}")
        elif rollup is not None:
            kept = ", ".join(dict.fromkeys(m.kind for a in _aggregates(kpi) for m in measures_of(a)))
            entity = f", per {', '.join(rollup.entity)}" if rollup.entity else ""
            what = f"{'state at the end of the period' if rollup.stock else f'by {rollup.time}'}{entity}"
            lines.append(f"{one} = merge {kept} of {rollup.model} {what} over the period")
        overs = [part for part in walk(kpi.expression) if isinstance(part, Over)]
        if rollup is None or overs:
            lines.append(f"{one} = {kpi.contract.formula}")
    return tuple(lines)


def _told_whole(kpi: CompiledKpi) -> str | None:
    """Return where the number of a kind stands that is never merged over periods; None for every other kind."""
    contract = kpi.contract
    if contract.kind is Kind.MODELLED:
        row = "".join(f", where {column} is {value}" for column, value in contract.total.items())
        return f"{contract.formula} of {contract.model}, the row of one {contract.grain.value}{row}"
    if contract.kind is Kind.COHORT:
        ages = f"for each {contract.grain.value} of {contract.time} and each {contract.since}"
        return f"{contract.formula} of {contract.model}, {ages}"
    return None


def sql_of(name: str, catalog: Catalog, zone: str) -> tuple[str, ...]:
    """Return the queries that fill the daily partials under the KPI, just its own measures."""
    found: list[str] = []
    for one in (*catalog.depends_on(name), name):
        kpi = catalog.kpis[one]
        rollup = rollup_of(kpi, catalog)
        if rollup is None:
            continue
        tables = [Table("total", "total", rollup.scalars)] if rollup.scalars else []
        tables += [Table("distinct", "distinct", (m,)) for m in rollup.of_kind("distinct")]
        tables += [Table("values", "values", (m,)) for m in rollup.of_kind("values")]
        tables += [Table("events", "events", (m,)) for m in rollup.of_kind("active")]
        tables += [Table("recurring", "recurring", (m,)) for m in rollup.of_kind("recurring")]
        found += [f"-- {one}, days of {zone}\n{table_sql(rollup, table, None)}" for table in tables]
    return tuple(dict.fromkeys(found))


def _aggregates(kpi: CompiledKpi) -> list[Aggregate]:
    return [part for part in walk(kpi.expression) if isinstance(part, Aggregate)]


def _refresh(kpi: CompiledKpi) -> str | None:
    refresh = kpi.contract.refresh
    return None if refresh is None else f"{refresh.schedule} (at most {refresh.sla} late)"


def _inputs(snapshot: Snapshot, models: list[str]) -> tuple[dict[str, Any], ...]:
    streams: dict[str, dict[str, Any]] = {}
    for model in models:
        facts = snapshot.generation.models.get(model)
        for name, stream in facts.coverage.items() if facts else ():
            ends = [interval.end for interval in stream.intervals]
            used = streams.setdefault(
                name,
                {
                    "stream": name,
                    "rows": stream.rows,
                    "complete_until": max(ends).isoformat() if ends else None,
                    "newest_load": stream.newest_load.isoformat() if stream.newest_load else None,
                    "owner": stream.owner,
                    "notes": list(stream.notes),
                    "models": [],
                },
            )
            used["models"].append(model)
    return tuple(streams.values())


def _checks(snapshot: Snapshot, kpi: CompiledKpi, models: list[str]) -> tuple[dict[str, Any], ...]:
    needed = {
        check
        for one in (kpi.name, *snapshot.catalog.depends_on(kpi.name))
        for check in snapshot.catalog.kpis[one].contract.requires.checks
    }
    return tuple(
        {
            "check": check.name,
            "status": check.status,
            "failures": check.failures,
            "required": check.name in needed,
            "checked_at": check.checked_at.isoformat(),
            "message": check.message,
        }
        for check in snapshot.generation.checks
        if check.name in needed or set(check.models) & set(models)
    )


def _receipt(snapshot: Snapshot, name: str, answer: Answer) -> dict[str, Any] | None:
    generation = snapshot.generation
    if not generation.id:
        return None
    return {
        "receipt": answer.receipt,
        "generation": generation.id,
        "published_at": generation.published_at.isoformat(),
        "supersedes": generation.supersedes,
        "code_version": generation.code_version,
        "catalog": generation.catalog,
        "zones_and_currency": generation.calendar,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        **series_fact(name, snapshot.catalog),
    }

"""Running the examples of the contracts: rows in, value out, through the same planner, rollups and arithmetic as real data.

Each example is worked out twice: from daily partials, and straight from the rows. Both have to give the stated value.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.catalog.contract import Example, Question
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.models import ModelSchema
from assay.engines.protocol import Engine
from assay.errors import AssayError, UsageError, suggest
from assay.planner.rollup import plan_rollups
from assay.planner.tables import quoted
from assay.rollups.build import build_tables
from assay.rollups.segments import write_segment
from assay.rollups.store import RollupStore
from assay.runtime.answers.answering import Answerer, period_of
from assay.runtime.answers.direct import DirectPartials
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.warehouse_answers import parse_at
from assay.runtime.wiring import open_warehouse
from assay.settings import Project
from assay.trust.verdict import Judge
from assay.values.answer import Answer
from assay.values.check import Check
from assay.values.generation import Generation, ModelFacts


def run_examples(project: Project, catalog: Catalog) -> list[str]:
    """Run every example of every KPI; return a line for each that does not give its value."""
    failed: list[str] = []
    for kpi in catalog.kpis.values():
        for example in kpi.contract.examples:
            failed += [f"{kpi.name}, {example.name!r}: {line}" for line in run_example(project, catalog, kpi, example)]
    return failed


def run_example(project: Project, catalog: Catalog, kpi: CompiledKpi, example: Example) -> list[str]:
    """Run one example; return what is wrong with it, nothing if it gives its value both ways."""
    rows = _rows_by_model(kpi, example)
    with tempfile.TemporaryDirectory(prefix="assay-example-") as folder:
        scratch = Project(Path(folder), project.file)
        engine = open_warehouse(scratch)
        try:
            for model in _models(kpi, catalog):
                _fill(engine, catalog.models[model], rows.get(model, ()))
            return _both_ways(scratch, catalog, kpi, example, engine)
        except AssayError as error:
            return [error.problem]
        finally:
            engine.close()


def _both_ways(project: Project, catalog: Catalog, kpi: CompiledKpi, example: Example, engine: Engine) -> list[str]:
    at = parse_at(example.at)
    today = at.date() if isinstance(at, datetime) else at
    day = today or date(2000, 1, 1)
    now = at if isinstance(at, datetime) else project.calendar.end_of(day)  # a day is asked when it is over
    models = _models(kpi, catalog)
    rollups = {name: one for name, one in plan_rollups(catalog).items() if one.model in models}
    segments = [
        write_segment(project.segments, "1", table.name, rows, None)
        for rollup in rollups.values()
        for table, rows, _, _ in build_tables(engine, rollup, None, day)
    ]
    generation = _everything_known(models, catalog, now)
    ways: dict[str, Partials] = {
        "from daily partials": RollupStore(project.segments, segments, rollups),
        "straight from the rows": DirectPartials(engine),
    }
    wrong = []
    for way, partials in ways.items():
        judge = Judge(generation, project.calendar, now)
        evaluator = Evaluator(catalog, partials, judge, currencies=project.currencies, at=now)
        question = Question(kpi=kpi.name, period=example.period)
        period, cut = period_of(question, kpi, at, evaluator)
        answer = Answerer(evaluator, lambda _name, _period: None).answer(question, period, cut)
        got = answer.value
        wrong += [f"{way} {line}" for line in _other_cells(example, answer)]
        if (None if got is None else Decimal(got)) != example.value:
            wrong.append(f"{way} it is {got}, the example says {example.value}")
    return wrong


def _other_cells(example: Example, answer: Answer) -> list[str]:
    """Return which cohorts of the answer's table say something else than the example."""
    rows = {row.name: row for row in answer.cohorts.rows} if answer.cohorts else {}
    wrong = []
    for name, stated in (example.cohorts or {}).items():
        cells = rows[name].cells if name in rows else ()
        got = [None if cell.value is None else Decimal(cell.value) for cell in cells]
        if got != list(stated):
            wrong.append(f"{name} is {[*map(str, got)]}, the example says {[*map(str, stated)]}")
    return wrong


def _models(kpi: CompiledKpi, catalog: Catalog) -> list[str]:
    names = (*catalog.depends_on(kpi.name), kpi.name)
    return list(dict.fromkeys(model for name in names if (model := catalog.kpis[name].contract.model)))


def _rows_by_model(kpi: CompiledKpi, example: Example) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    if isinstance(example.rows, dict):
        return example.rows
    return {kpi.contract.model or "": example.rows}


def _fill(engine: Engine, model: ModelSchema, rows: Iterable[Mapping[str, Any]]) -> None:
    """Make the model's table with the declared types and the example's rows; columns that a row leaves out are null."""
    columns = {name: column.type or "varchar" for name, column in model.columns.items()}
    shape = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    engine.execute(f"create or replace table {quoted(model.name)} ({shape})")
    for row in rows:
        unknown = next((name for name in row if name not in columns), None)
        if unknown is not None:
            raise UsageError(f"{model.name} has no column {unknown!r}.{suggest(unknown, columns)}")
        names = ", ".join(quoted(name) for name in row)
        places = ", ".join(f"cast(? as {columns[name]})" for name in row)
        engine.execute(
            f"insert into {quoted(model.name)} ({names}) values ({places})", [_text(value) for value in row.values()]
        )


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else None if value is None else str(value)


def _everything_known(models: list[str], catalog: Catalog, now: datetime) -> Generation:
    """Return a generation in which every model rests on nothing that could be missing, and every check has passed."""
    wanted = {check for kpi in catalog.kpis.values() for check in kpi.contract.requires.checks}
    return Generation(
        id=1,
        published_at=now.astimezone(UTC),
        code_version="",
        catalog="",
        calendar="",
        warehouse="",
        segments=(),
        models={model: ModelFacts(model=model, streams=(), promoted_at=now) for model in models},
        streams={},
        checks=tuple(Check(name=name, models=(), status="passed", checked_at=now) for name in sorted(wanted)),
    )

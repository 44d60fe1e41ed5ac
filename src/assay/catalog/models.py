"""What dbt's .yml files say about models and streams: columns with their units, keys, days, look-back.

Only the facts that a formula can be checked against are read; everything else in those files is dbt's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assay.catalog.problem import Problem
from assay.catalog.stream_rules import NO_RULES, StreamRules, read_rules
from assay.catalog.yaml_files import Document
from assay.errors import suggest
from assay.units import Unit


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: its SQL type as dbt declares it, and what its numbers measure."""

    type: str = ""
    unit: Unit | None = None
    instant: str | None = None
    sensitivity: str = "normal"
    description: str = ""


@dataclass(frozen=True, slots=True)
class ModelSchema:
    """A dbt model that KPIs can read."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    lookback: Mapping[str, int] = field(default_factory=dict)
    package: str = ""
    description: str = ""
    file: str = ""
    line: int = 1
    by_shard: tuple[str, ...] = ()
    """The columns that rest on the records of the row's own shard alone, so that they hold where another shard is silent."""
    optional: tuple[str, ...] = ()
    """The streams that its numbers rest on only once something of them has been loaded: not every shop has them."""
    either: tuple[tuple[str, ...], ...] = ()
    """Groups of streams of which one is enough: the first that has any record is what the numbers rest on."""
    on_demand: bool = False
    """Whether it is built only where a KPI, or a model of the project, rests on it."""


@dataclass(frozen=True, slots=True)
class StreamSchema:
    """A stream of records that lands in the raw schema (a table of the dbt source `raw`)."""

    name: str
    description: str = ""
    columns: tuple[str, ...] = ()
    owner: str | None = None
    package: str = ""
    rules: StreamRules = NO_RULES


def read_models(document: Document, package: str) -> tuple[list[ModelSchema], list[StreamSchema], list[Problem]]:
    """Return the models and streams that a dbt properties file declares, and what is wrong with their facts."""
    problems: list[Problem] = []
    data = document.data if isinstance(document.data, dict) else {}
    models = [
        _model(document, entry, ("models", place), package, problems)
        for place, entry in enumerate(_list(data.get("models")))
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]
    streams = [
        _stream(document, table, source, ("sources", where, "tables", place), package, problems)
        for where, source in enumerate(_list(data.get("sources")))
        if isinstance(source, dict) and source.get("name") == "raw"
        for place, table in enumerate(_list(source.get("tables")))
        if isinstance(table, dict) and isinstance(table.get("name"), str)
    ]
    return models, streams, problems


def read_checks(document: Document) -> set[str]:
    """Return the names of the data tests that a dbt properties file declares, those that dbt makes up included."""
    data = document.data if isinstance(document.data, dict) else {}
    names = _tests(data, "")
    for model in _list(data.get("models")):
        if isinstance(model, dict):
            names |= _tests(model, f"_{model.get('name')}")
            for column in _list(model.get("columns")):
                names |= _tests(column, f"_{model.get('name')}_{column.get('name')}") if isinstance(column, dict) else set()
    return names


def _tests(holder: dict[str, Any], where: str) -> set[str]:
    entries = _list(holder.get("data_tests")) + _list(holder.get("tests"))
    named = {str(entry["name"]) for entry in entries if isinstance(entry, dict) and "name" in entry}
    inner = [(test, body) for entry in entries if isinstance(entry, dict) for test, body in entry.items()]
    named |= {str(body["name"]) for _, body in inner if isinstance(body, dict) and "name" in body}
    return named | {f"{entry}{where}" for entry in entries if isinstance(entry, str)}


def _model(
    document: Document, entry: dict[str, Any], path: tuple[str | int, ...], package: str, problems: list[Problem]
) -> ModelSchema:
    config = _dict(entry.get("config"))
    meta = _dict(entry.get("meta")) | _dict(config.get("meta"))
    columns = {
        str(column["name"]).lower(): _column(document, column, (*path, "columns", place), problems)
        for place, column in enumerate(_list(entry.get("columns")))
        if isinstance(column, dict) and isinstance(column.get("name"), str)
    }
    model = ModelSchema(
        name=entry["name"],
        columns=columns,
        key=_names(config.get("key")),
        times=_names(config.get("times")),
        lookback={name: days for name, days in _dict(meta.get("lookback")).items() if isinstance(days, int)},
        package=package,
        description=str(entry.get("description") or "").strip(),
        file=document.file,
        line=document.mark(*path)[0],
        by_shard=_names(meta.get("by_shard")),
        optional=_names(meta.get("optional")),
        either=tuple(_names(group) for group in _list(meta.get("either"))),
        on_demand=meta.get("on_demand") is True,
    )
    for setting in ("key", "times", "by_shard"):
        for name in getattr(model, setting):
            if name not in columns:
                mark = document.mark(*path, "config", setting)
                message = f'The {setting} of model {model.name} names "{name}", which is not one of its columns.'
                problems.append(
                    document.problem(mark, message, "Name a declared column.", suggestion=suggest(name, columns), rule="model")
                )
    return model


def _column(document: Document, entry: dict[str, Any], path: tuple[str | int, ...], problems: list[Problem]) -> Column:
    meta = _dict(entry.get("meta")) | _dict(_dict(entry.get("config")).get("meta"))
    unit: Unit | None = None
    written = meta.get("unit")
    if written is not None:
        try:
            unit = Unit(str(written))
        except ValueError:
            known = [member.value for member in Unit]
            mark = document.mark(*path, "config", "meta", "unit")
            problems.append(
                document.problem(
                    mark,
                    f'"{written}" is not a unit.',
                    f"Use one of {', '.join(known)}.",
                    suggestion=suggest(str(written), known),
                    rule="model",
                )
            )
    instant = meta.get("instant")
    return Column(
        type=str(entry.get("data_type") or "").upper(),
        unit=unit,
        instant=str(instant) if instant else None,
        sensitivity=str(meta.get("sensitivity") or "normal"),
        description=str(entry.get("description") or "").strip(),
    )


def _stream(
    document: Document,
    table: dict[str, Any],
    source: dict[str, Any],
    path: tuple[str | int, ...],
    package: str,
    problems: list[Problem],
) -> StreamSchema:
    meta: dict[str, Any] = {}
    for holder in (source, table):
        meta |= _dict(holder.get("meta")) | _dict(_dict(holder.get("config")).get("meta"))
    columns = [column["name"] for column in _list(table.get("columns")) if isinstance(column, dict) and "name" in column]
    owner = meta.get("owner")
    rules, wrong = read_rules(meta)
    problems += [
        document.problem(
            document.mark(*path),
            f"The stream {table['name']}: {one}",
            "docs/data.md describes what a stream declares.",
            rule="stream",
        )
        for one in wrong
    ]
    return StreamSchema(
        name=table["name"],
        description=str(table.get("description") or "").strip(),
        columns=tuple(map(str, columns)),
        owner=str(owner) if owner else None,
        package=package,
        rules=rules,
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return tuple(str(name).lower() for name in values)

"""Numbers that a model works out by itself: which of its rows is about everything, and which about one value of a dimension.

A `modelled` number is never merged, neither over periods nor over values of a dimension: the model has a row for each period
and each value, and one for all of them, which the contract's `total` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from assay.catalog.contract import Kpi
from assay.catalog.expression import Aggregate


def of_everything(aggregate: Aggregate, contract: Kpi) -> Aggregate:
    """Return the aggregate over the model's own rows for all values of every dimension."""
    return _where(aggregate, _rows(contract.total))


def of_each(aggregate: Aggregate, contract: Kpi, dimension: str) -> Aggregate:
    """Return the aggregate over the rows that are about one value of the dimension, and about all of every other."""
    return _where(aggregate, _rows({name: value for name, value in contract.total.items() if name != dimension}))


@lru_cache(maxsize=1024)
def part(column: str) -> Aggregate:
    """Return how many rows have a value in the column of a component."""
    return Aggregate("count", column, None, (column,))


def kept(aggregate: Aggregate, contract: Kpi) -> tuple[Aggregate, ...]:
    """Return every aggregate that answers the KPI, as a whole and by its dimensions."""
    own = (aggregate, *(part(column) for column in contract.components.values()))
    by = [of_each(one, contract, dimension) for one in own for dimension in contract.dimensions]
    return tuple(dict.fromkeys((*(of_everything(one, contract) for one in own), *by)))


def _rows(total: Mapping[str, str]) -> str | None:
    """Return the SQL condition that a row is about all values of these dimensions."""
    return (
        " and ".join(f"{_quoted(name, chr(34))} = {_quoted(value, chr(39))}" for name, value in sorted(total.items())) or None
    )


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


@lru_cache(maxsize=1024)
def _where(aggregate: Aggregate, condition: str | None) -> Aggregate:
    """Return the same object each time: what is known of an aggregate is kept by its identity."""
    return Aggregate(aggregate.function, aggregate.argument, condition, aggregate.columns)

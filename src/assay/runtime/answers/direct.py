"""Aggregates straight from the warehouse's models: for `--recompute`, and for questions that no partial answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from assay.calendar import Window
from assay.catalog.expression import Aggregate, Recurring
from assay.engines.protocol import Engine
from assay.planner.rollup import Rollup
from assay.rollups.store import RollupStore
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.partials import Partials
from assay.runtime.answers.passes import Asked, ByKey, Moved, OverRows, measured
from assay.values.measured import Measured

Told = TypeVar("Told")
_NOTHING = Measured(Fraction(0))
_SOMETHING = Measured(Fraction(1), 1)


def together(engine: Engine, work: Callable[[Partials], Told]) -> Told:
    """Do the work with the warehouse's aggregates, read together.

    It is done twice: first to learn what it asks, with numbers that mean nothing and are thrown away.
    """
    wishes = Wishes()
    work(wishes)
    return work(DirectPartials(engine, wishes.asked))


class _Asking(ABC):
    """Every way of asking for an aggregate, as one value each."""

    @abstractmethod
    def _get(self, asked: Asked) -> ByKey: ...

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        """Return the aggregate over the window."""
        return self._get(OverRows(rollup, aggregate, window, instant, all_rows))[None]

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> ByKey:
        """Return the aggregate over the window for each value of the dimension."""
        return self._get(OverRows(rollup, aggregate, window, instant, all_rows, dimension))

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        """Return what recurs: its movement from just after the instant `before` to `until`."""
        return self._get(Moved(rollup, aggregate, before, until)).get(None, _NOTHING)

    def recurring_by(self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime) -> ByKey:
        """Return what recurs for each value of the dimension."""
        return self._get(Moved(rollup, aggregate, before, until, dimension))

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        """A recomputed value says nothing about when it changes."""
        del rollup, aggregate, instant
        return None


class Wishes(_Asking):
    """Takes down what is asked, and answers with numbers that mean nothing."""

    def __init__(self) -> None:
        self.asked: dict[Asked, None] = {}

    def _get(self, asked: Asked) -> ByKey:
        self.asked[asked] = None
        return {None: _SOMETHING}


class DirectPartials(_Asking):
    """Asks the warehouse for every aggregate; shares nothing with the rollups but the formula.

    What is `expected` is read at once, in as few passes as possible; what else is asked takes passes of its own.
    """

    def __init__(self, engine: Engine, expected: Iterable[Asked] = ()) -> None:
        self._engine = engine
        self._read = measured(engine, expected)

    def _get(self, asked: Asked) -> ByKey:
        known = self._read.get(asked)
        return measured(self._engine, [asked])[asked] if known is None else known


class KeptOrDirect:
    """The published partials, and the warehouse for what they do not keep."""

    def __init__(self, store: RollupStore, direct: Partials, held: frozenset[str] = frozenset()) -> None:
        """`held` are the models whose rows are not to be read: the partials come from an earlier build of theirs."""
        self._store = store
        self._direct = direct
        self._held = held

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        """Return the aggregate over the window."""
        try:
            return self._store.measure(rollup, aggregate, window, instant, all_rows=all_rows)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.measure(rollup, aggregate, window, instant, all_rows=all_rows)

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> ByKey:
        """Return the aggregate over the window for each value of the dimension."""
        try:
            return self._store.breakdown(rollup, aggregate, window, dimension, instant, all_rows=all_rows)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.breakdown(rollup, aggregate, window, dimension, instant, all_rows=all_rows)

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        """Return what recurs: its movement from just after the instant `before` to `until`."""
        try:
            return self._store.recurring(rollup, aggregate, before, until)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.recurring(rollup, aggregate, before, until)

    def recurring_by(self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime) -> ByKey:
        """Return what recurs for each value of the dimension, which the warehouse alone can tell."""
        if rollup.model in self._held:
            return self._store.recurring_by(rollup, aggregate, dimension, before, until)
        return self._direct.recurring_by(rollup, aggregate, dimension, before, until)

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        """Return when an `active` count changes by the clock alone."""
        return self._store.next_change(rollup, aggregate, instant)

"""Exact counts of different values over any window of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assay.rollups.columns import day_number, days_of, runs

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

BLOCK_DAYS = 8
"""Of so many days what is counted is kept together: more take less memory, and longer to look up."""
FEW_DAYS = 8
"""So many changed days are linked anew one by one; more of them together with all later days."""
Ids = npt.NDArray[np.uint32]
Places = npt.NDArray[np.unsignedinteger[Any]]
Index = npt.NDArray[np.intp]
_NOTHING: Ids = np.zeros(0, dtype=np.uint32)


class Distinct:
    """Which dense numbers each day has seen, and on which day each of them was seen before: a window counts exactly.

    A window counts each number on the first of its days that has seen it: where it was seen last before the window, or never.
    How many of those there are is kept up to each block of days, so that any window costs a look-up and a few days.
    """

    def __init__(self, seen: dict[int, Ids], before: Distinct | None = None, changed: Collection[int] = ()) -> None:
        """`seen` by day; of `before`, what it knows of the days that did not change serves again."""
        self._days = sorted(seen)
        self._ids = [seen[day] for day in self._days]
        self._rows = [0, *accumulate(map(len, self._ids))]
        new = self._ids if before is None else [seen[day] for day in changed]
        numbers = max((int(ids.max()) + 1 for ids in new if len(ids)), default=0)
        numbers = max(numbers, len(before._last)) if before is not None else numbers
        self._last: Places = np.zeros(numbers, dtype=np.min_scalar_type(len(self._days)))
        """Of each number how many days there are up to the newest that has seen it; 0 where none has."""
        self._earlier: list[Places] = []
        """The same by day for each of its numbers, as it was before that day."""
        self._unseen: list[npt.NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)]
        """Of the days before each block, by n: how many of their numbers no day after the first n had seen before."""
        if before is not None and not self._exchanged(before, changed):
            self._take_over(before, bisect_left(before._days, min(changed)))
        self._link()

    @classmethod
    def read(cls, rows: pa.Table, changes: Iterable[Layer] = ()) -> Distinct:
        """Return what the partials say, with those of some days replaced."""
        return cls(_replaced(_by_day(rows), changes)[0])

    def with_changes(self, changes: Iterable[Layer]) -> Distinct:
        """Return the same with the ids of some days replaced; what does not change is shared."""
        seen, changed = _replaced(dict(zip(self._days, self._ids, strict=True)), changes)
        return Distinct(seen, self, changed) if changed else self

    def count(self, first: int, last: int) -> int:
        """Return how many different values the window has seen."""
        low, high = bisect_left(self._days, first), bisect_right(self._days, last)
        block = high // BLOCK_DAYS
        start = block * BLOCK_DAYS
        new = 0
        if low < start:  # all numbers of the days before the window were seen before it as well
            new = int(self._unseen[block][low]) - self._rows[low]
        return new + sum(int(np.count_nonzero(earlier <= low)) for earlier in self._earlier[max(low, start) : high])

    def _take_over(self, before: Distinct, days: int) -> None:
        """Take over what is known of the first days, and forget what the later ones have seen, newest first."""
        last = before._last.copy()
        for ids, earlier in zip(reversed(before._ids[days:]), reversed(before._earlier[days:]), strict=True):
            last[ids.astype(np.intp)] = earlier
        self._last[: len(last)] = last
        self._earlier = before._earlier[:days]
        self._unseen = before._unseen[: days // BLOCK_DAYS + 1]

    def _link(self) -> None:
        for place in range(len(self._earlier), len(self._days)):
            ids = self._ids[place].astype(np.intp)  # numpy looks up by no other kind of number as fast
            self._earlier.append(self._last.take(ids))
            self._last[ids] = place + 1
        for block in range(len(self._unseen), len(self._days) // BLOCK_DAYS + 1):
            own = np.concatenate(self._earlier[(block - 1) * BLOCK_DAYS : block * BLOCK_DAYS])
            unseen = np.cumsum(np.bincount(own, minlength=block * BLOCK_DAYS + 1))
            unseen[: len(self._unseen[-1])] += self._unseen[-1]
            unseen[len(self._unseen[-1]) :] += self._unseen[-1][-1]
            self._unseen.append(unseen)

    @cached_property
    def _ordered(self) -> bool:
        """Whether the numbers of every day stand in order, as segments have them."""
        return all(map(_ascending, self._ids))

    def _exchanged(self, before: Distinct, changed: Collection[int]) -> bool:
        """Take over everything but what a few changed days have seen, and link that anew; return whether this could be done."""
        days = len(before._days)
        if self._days[:days] != before._days or self._last.dtype != before._last.dtype:
            return False
        places = [place for day in changed if (place := bisect_left(before._days, day)) < days]
        new = [self._ids[place] for place in (*places, *range(days, len(self._days)))]
        if len(places) > FEW_DAYS or not before._ordered or not all(map(_ascending, new)):
            return False
        self._ordered = True
        ids = [*before._ids]
        self._last[: len(before._last)] = before._last
        self._earlier, self._unseen = [*before._earlier], [*before._unseen]
        for place in places:
            self._exchange(place, ids, self._ids[place])
        return True

    def _exchange(self, place: int, ids: list[Ids], new: Ids) -> None:
        """Let a day have seen the `new` numbers: of those that it saw, or did not, that day and their next one change."""
        old, known = ids[place], self._earlier[place]
        gone, come = _others(old, new), _others(new, old)
        changed = np.concatenate([old[gone], new[come]]).astype(np.intp)
        left = len(changed) - np.count_nonzero(come)
        earlier, later, spot = self._around(changed, place, ids)
        earlier[:left] = known[gone]
        follows = earlier.copy()
        follows[left:] = place + 1
        followed = earlier.copy()
        followed[:left] = place + 1
        self._last[changed[later == 0]] = follows[later == 0]
        for day in np.unique(later[later > 0]).tolist():
            here = later == day
            self._earlier[day - 1] = self._earlier[day - 1].copy()  # another table has it as well
            self._earlier[day - 1][spot[here]] = follows[here]
        self._earlier[place] = own = np.empty(len(new), dtype=known.dtype)
        own[come], own[~come] = earlier[left:], known[~gone]
        ids[place] = new
        here, after = np.full(len(changed), place), later > 0
        self._recount(
            np.concatenate([here[left:], later[after] - 1]),
            np.concatenate([earlier[left:], follows[after]]),
            np.concatenate([here[:left], later[after] - 1]),
            np.concatenate([earlier[:left], followed[after]]),
        )

    def _around(self, numbers: Index, place: int, ids: list[Ids]) -> tuple[Index, Index, Index]:
        """Return for each number how many days there are up to the newest not after the place that has seen it, up to the first
        one after it that has (0 if none), and where it stands in that one."""
        earlier, later, spot = self._last[numbers].astype(np.intp), np.zeros_like(numbers), np.zeros_like(numbers)
        while len(earlier) and (day := int(earlier.max())) > place + 1:
            here = np.flatnonzero(earlier == day)
            later[here], spot[here] = day, ids[day - 1].searchsorted(numbers[here])
            earlier[here] = self._earlier[day - 1][spot[here]]
        return earlier, later, spot

    def _recount(self, come: Index, values: Index, gone: Index, former: Index) -> None:
        """Count in the blocks behind each day the `values` that came on the days, and no more the `former` ones."""
        first = int(min(come.min(initial=len(self._days)), gone.min(initial=len(self._days)))) // BLOCK_DAYS + 1
        counts = np.zeros((max(len(self._unseen) - first, 0) + 1, len(self._days) + 1), dtype=np.int64)
        for days, own, step in ((come, values, 1), (gone, former, -1)):
            np.add.at(counts, (np.minimum(days // BLOCK_DAYS + 1 - first, len(counts) - 1), own), step)
        more = counts[:-1].cumsum(axis=0).cumsum(axis=1)
        for block, own in enumerate(more, first):
            self._unseen[block] = self._unseen[block] + own[: block * BLOCK_DAYS + 1]


def _ascending(ids: Ids) -> bool:
    """Return whether each number is larger than the one before it."""
    return bool((ids[1:] > ids[:-1]).all())


def _others(ids: Ids, known: Ids) -> npt.NDArray[np.bool_]:
    """Return which of the numbers are none of the `known` ones, both in order."""
    spot = known.searchsorted(ids)
    found = np.append(known, known[:1])[spot] == ids if len(known) else np.zeros(len(ids), dtype=bool)
    return ~found


def _by_day(rows: pa.Table) -> dict[int, Ids]:
    """Return the dense numbers of each day, whose rows stand together in a batch."""
    found: dict[int, Ids] = {}
    for batch in rows.to_batches():
        ids = batch["id"].to_numpy(zero_copy_only=False)
        for day, low, high in runs(days_of(batch["day"])):
            own = ids[low:high].astype(np.uint32)
            found[day] = np.concatenate([found[day], own]) if day in found else own
    return found


def _replaced(seen: dict[int, Ids], changes: Iterable[Layer]) -> tuple[dict[int, Ids], set[int]]:
    """Return what days have seen with some days replaced, and which."""
    changed: set[int] = set()
    for rows, replaced in changes:
        own = _by_day(rows)
        days = [day_number(day) for day in replaced]
        seen |= {day: own.get(day, _NOTHING) for day in days}
        changed.update(days)
    return seen, changed

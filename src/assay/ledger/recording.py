"""What a publication writes: the rows that differ from what was published before, and the restatements among them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from assay.ledger.periods import GRAINS
from assay.values.answer import DataQuality
from assay.values.ledgered import LedgerRow, Restated

Cause = Literal["late data", "correction", "definition change"]
PROVISIONAL = 4
_STATES = {DataQuality.ACTUAL: 0, DataQuality.ESTIMATED: 1, DataQuality.INSUFFICIENT_DATA: 2}
Key = tuple[str, str, str, str]


class Evaluated(NamedTuple):
    """A KPI over a period as this publication sees it."""

    kpi: str
    period: str
    start: str
    end: str
    value: str | None
    quality: DataQuality
    provisional: bool
    fact: str

    @property
    def key(self) -> Key:
        return self[:4]

    @property
    def state(self) -> int:
        return _STATES[self.quality] + (PROVISIONAL if self.provisional else 0)


def fact_hash(body: Mapping[str, Any]) -> str:
    """Return the identity of a series fact: what a number rests on besides its generation."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:24]


def quality_of(state: int) -> DataQuality:
    """Return the state that a ledger row stands for."""
    return next(quality for quality, code in _STATES.items() if code == state % PROVISIONAL)


def changed_rows(evaluated: Iterable[Evaluated], before: Mapping[Key, tuple[str | None, int, str]]) -> list[LedgerRow]:
    """Return the rows that say something else than the newest published ones."""
    return [
        LedgerRow(*one.key, one.value, one.state, one.fact)
        for one in evaluated
        if (before.get(one.key) or (None, -1, ""))[:2] != (one.value, one.state)
    ]


def restatements(
    evaluated: Iterable[Evaluated],
    before: Mapping[Key, tuple[str | None, int, str]],
    facts: Mapping[str, Any],
    corrected: frozenset[str],
) -> list[Restated]:
    """Return the settled periods whose published number changed, with the cause; a provisional number was said to change.

    `before` holds the number that was last shown: to withhold one is no restatement, another one after that is.
    `facts` are the bodies of the old and new series facts, `corrected` the KPIs under which rows were changed or
    removed; where rows were only added, the data was late.
    """
    found = []
    for one in evaluated:
        old = before.get(one.key)
        if one.period not in GRAINS or one.value is None or old is None or old[0] in (None, one.value) or old[1] >= PROVISIONAL:
            continue
        redefined = facts.get(old[2], {}).get("definition") not in (None, facts.get(one.fact, {}).get("definition"))
        cause: Cause = "definition change" if redefined else "correction" if one.kpi in corrected else "late data"
        found.append(Restated(*one.key, old[0], one.value, cause))
    return found

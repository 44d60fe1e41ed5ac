"""A data set refreshed by itself: as often as its contract allows, and measured against its SLA."""

from __future__ import annotations

import time
from typing import Any

from assay.catalog.contract import seconds
from assay.catalog.data_sets import DataSet
from assay.catalog.entry import Catalog
from assay.errors import AssayError, UsageError, suggest
from assay.runtime.publishing.publish import Progress
from assay.runtime.refresh import Workplace, catalog_in_force, refresh


def refresh_data_set(place: Workplace, progress: Progress, name: str) -> dict[str, Any]:
    """Refresh the data set; return what a refresh returns, and `data_set`, `attempts`, `seconds`, `sla`, `late`, `broken`.

    A refresh that fails is tried again after the waits of the contract; `seconds` includes them. `broken` are the checks of the
    contract that did not pass. Raises `UsageError` for a data set that there is not, `AssayError` when the last attempt fails.
    """
    data_set = find_data_set(name, catalog_in_force(place.project, place.newest()[0])[0])
    started = place.clock.now()
    attempts, result = _tried(place, progress, name, data_set)
    took = (place.clock.now() - started).total_seconds()
    snapshot = place.newest()[0]
    status = {check.name: check.status for check in snapshot.generation.checks} if snapshot else {}
    return {
        **result,
        "data_set": name,
        "attempts": attempts,
        "seconds": round(took, 3),
        "sla": data_set.sla,
        "late": took > seconds(data_set.sla),
        "broken": [check for check in data_set.checks if status.get(check) != "passed"],
    }


def find_data_set(name: str, catalog: Catalog) -> DataSet:
    """Return the data set of that name; a `UsageError` says which one was probably meant."""
    if name not in catalog.data_sets:
        known = (
            f"Declared are: {', '.join(sorted(catalog.data_sets))}."
            if catalog.data_sets
            else "Declare it in a file of `jobs/`."
        )
        raise UsageError(f'There is no data set "{name}".{suggest(name, catalog.data_sets)}', known)
    return catalog.data_sets[name]


def pause(seconds_to_wait: float) -> None:
    """Wait before the next attempt."""
    time.sleep(seconds_to_wait)


def _tried(place: Workplace, progress: Progress, name: str, data_set: DataSet) -> tuple[int, dict[str, Any]]:
    """Return at which attempt it went well, and what the refresh did."""
    waits = data_set.retries.waits()
    for attempt in range(1, len(waits) + 2):
        try:
            return attempt, refresh(place, progress, data_set.models)
        except UsageError:
            raise  # it would be refused again
        except AssayError as error:
            if attempt > len(waits):
                raise AssayError(f"{name} failed at all of {attempt} attempts: {error.problem}", error.remedy) from error
            wait = waits[attempt - 1]
            progress(f"Attempt {attempt} of {len(waits) + 1} failed, the next one is in {wait} s: {error.problem}", 0, 1)
            pause(wait)
    raise AssertionError("the last attempt returns or raises")

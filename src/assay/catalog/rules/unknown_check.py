"""A KPI requires a check that nobody wrote: it would never run, and the number would look proved.

Checks are dbt data tests, named in a .yml or by their file below tests/.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "unknown_check"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield required checks that do not exist."""
    for kpi in draft.kpis.values():
        for place, name in enumerate(kpi.contract.requires.checks):
            if name not in draft.checks:
                yield kpi.document.problem(
                    kpi.document.mark("requires", "checks", place),
                    f'{kpi.name} requires the check "{name}", which does not exist.',
                    "Name a data test of dbt, or write it as tests/<name>.sql.",
                    suggestion=suggest(name, draft.checks),
                )

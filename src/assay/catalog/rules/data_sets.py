"""A refresh configuration names what there is: dbt models, checks, and the channels of its own `notifications`.

One that names something else would refresh nothing, check nothing or tell nobody, without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from assay.catalog.draft import CatalogDraft, DraftRefreshConfig
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "data_sets"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield each name of a refresh configuration that is no model, check or channel."""
    for file in draft.refresh_configs:
        for name, data_set in file.config.data_sets.items():
            yield from _unknown(file, (name, "models"), data_set.models, draft.models, "dbt model")
            yield from _unknown(file, (name, "checks"), data_set.checks, draft.checks, "check")
            channels, channel = file.config.notifications, "channel of `notifications`"
            yield from _unknown(file, (name, "notify", "late"), data_set.notify.late, channels, channel)
            yield from _unknown(
                file, (name, "notify", "failed"), data_set.notify.failed, channels, "channel of `notifications`"
            )


def _unknown(
    file: DraftRefreshConfig, path: tuple[str, ...], named: tuple[str, ...], known: Collection[str], what: str
) -> Iterator[Problem]:
    for place, one in enumerate(named):
        if one not in known:
            yield file.document.problem(
                file.document.mark("data_sets", *path, place),
                f'"{one}" is no {what}.',
                f"Known are: {', '.join(sorted(known)[:12])}." if known else "There is none: declare it first.",
                suggestion=suggest(one, known),
            )

"""A formula, target, alert or list names a KPI that nobody declares."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, place_of_word, written_parts
from assay.catalog.expression import references
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "unknown_kpi"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield each name that is not a KPI; `value` stands for the KPI itself in alerts alone."""
    for kpi, document, path, text, expression in written_parts(draft):
        in_alert = path[-1] == "when"
        for name in references(expression):
            if name in draft.names or (name == "value" and in_alert):
                continue
            mark = place_of_word(document, path, text, name)
            model = draft.models.get(kpi.contract.model or "")
            if model and name in model.columns:
                remedy = f"{name} is a column of {model.name}: put it inside an aggregate, such as sum({name})."
            elif name == "value":
                remedy = "`value` is understood in alert conditions only; name the KPI."
            else:
                remedy = "Outside an aggregate a name is a KPI: name a declared one, or declare it."
            yield document.problem(mark, f'There is no KPI "{name}".', remedy, suggestion=suggest(name, draft.names))
    for mention in draft.mentions:
        if mention.kpi not in draft.names:
            yield mention.document.problem(
                mention.mark,
                f'{mention.where} names "{mention.kpi}", which is not a KPI.',
                "Name a declared KPI, or declare it.",
                suggestion=suggest(mention.kpi, draft.names),
            )

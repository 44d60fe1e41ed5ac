"""`stock` and `recurring` need their entity; `active(from, to)`, `recurring(…)` and `breaches(severity)` belong to kinds of
their own, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.expression import Breaches, Recurring, walk
from assay.catalog.problem import Problem

RULE = "kind"
_ENTITY = {Kind.STOCK: "[sku, location]`: the columns that name one thing in a state", Kind.RECURRING: "[customer_id]`"}


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield KPIs whose kind and formula do not belong together."""
    for kpi in draft.kpis.values():
        if "kind" not in kpi.broken and kpi.expression is not None:
            yield from _kind(kpi)


def _kind(kpi: DraftKpi) -> Iterator[Problem]:
    contract = kpi.contract
    functions = {aggregate.function for aggregate in kpi.aggregates}
    if "active" in functions and contract.kind is not Kind.ACTIVE:
        yield kpi.problem(
            "formula",
            f"The formula uses active(), but the kind is {contract.kind.value}.",
            "Add `kind: active`.",
            word="active",
        )
    if contract.kind is Kind.ACTIVE and functions != {"active"}:
        yield kpi.problem(
            "kind",
            "The kind is active, but the formula has another aggregate than active().",
            "Write active(due_at, fulfilled_at), or remove `kind`.",
        )
    recurring = {aggregate.function for aggregate in kpi.aggregates if isinstance(aggregate, Recurring)}
    if recurring and contract.kind is not Kind.RECURRING:
        yield kpi.problem(
            "formula",
            f"The formula uses {min(recurring)}(), but the kind is {contract.kind.value}.",
            "Add `kind: recurring`, and `entity:` with the column of the customer.",
            word=min(recurring),
        )
    if contract.kind is Kind.RECURRING and (not recurring or functions != recurring):
        yield kpi.problem(
            "kind",
            "The kind is recurring, but the formula has another aggregate than recurring() and recurring_entities(), or none.",
            "Write recurring(monthly_amount, starts_at, ends_at, 'end'), or remove `kind`.",
        )
    counts_breaches = any(isinstance(part, Breaches) for part in walk(kpi.expression)) if kpi.expression else False
    if counts_breaches and (contract.kind is not Kind.BREACHES or not isinstance(kpi.expression, Breaches)):
        yield kpi.problem(
            "formula",
            "breaches() stands alone in a formula, of the kind breaches.",
            "Add `kind: breaches` and write nothing else into the formula.",
            word="breaches",
        )
    if contract.kind is Kind.BREACHES and not counts_breaches:
        yield kpi.problem(
            "kind", "The kind is breaches, but the formula counts none.", "Write breaches(critical), or remove `kind`."
        )
    if contract.kind is Kind.STOCK and not kpi.aggregates:
        yield kpi.problem(
            "kind",
            "The kind is stock, but the formula reads no rows.",
            "Remove `kind`: a derived KPI takes it from its inputs.",
        )
    if contract.kind in _ENTITY and not contract.entity and "entity" not in kpi.broken:
        yield kpi.problem(
            "kind", f"The kind is {contract.kind.value}, but no entity is named.", f"Add `entity: {_ENTITY[contract.kind]}."
        )
    if contract.kind not in _ENTITY and contract.entity:
        yield kpi.problem(
            "entity",
            "entity is given, but the kind is neither stock nor recurring.",
            "Add `kind: stock`, or remove it.",
            severity="warning",
        )

"""What the argument of an aggregate measures, from the units of the model's columns."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.expression import Aggregate
from assay.catalog.models import ModelSchema
from assay.catalog.unit_algebra import LITERAL, UNKNOWN, Measurer, Quantity, quantity_of
from assay.units import Unit

if TYPE_CHECKING:
    from sqlglot import exp


def measurer(draft: CatalogDraft, kpi: DraftKpi) -> Measurer:
    """Return what works out the quantities of the KPI's formula, target and alerts."""
    model = draft.models.get(kpi.contract.model or "")

    def of_kpi(name: str) -> Quantity:
        found = kpi if name == "value" else draft.kpis.get(name)
        return quantity_of(found.contract.unit) if found and "unit" not in found.broken else UNKNOWN

    return Measurer(of_kpi, lambda aggregate: row_quantity(aggregate.argument or "", model))


def row_quantity(argument: str, model: ModelSchema | None) -> Quantity:
    """Return what the SQL expression over one row measures."""
    return _quantity(tree(argument), model) if model else UNKNOWN


def argument_units(aggregate: Aggregate, model: ModelSchema | None) -> set[Unit]:
    """Return the declared units of the columns that the aggregate's argument is made of."""
    from sqlglot import exp

    if model is None or aggregate.argument is None:
        return set()
    names = [str(column.name) for column in tree(aggregate.argument).find_all(exp.Column)]
    return {unit for name in names if name in model.columns and (unit := model.columns[name].unit)}


@lru_cache(maxsize=4096)
def tree(sql: str) -> exp.Expr:
    """Return SQLGlot's tree of an expression that the formula parser printed; not to be changed."""
    import sqlglot
    from sqlglot import exp

    parsed: Any = sqlglot.parse_one(sql, into=exp.Condition, read="duckdb")
    return parsed  # type: ignore[no-any-return]


def _quantity(node: Any, model: ModelSchema) -> Quantity:
    from sqlglot import exp

    if isinstance(node, exp.Column):
        column = model.columns.get(str(node.name))
        return quantity_of(column.unit) if column else UNKNOWN
    if isinstance(node, exp.Literal):
        return LITERAL
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Round | exp.Cast | exp.Nullif):
        return _quantity(node.this, model)
    if isinstance(node, exp.Coalesce):
        return _first([node.this, *node.expressions], model)
    if isinstance(node, exp.Case):
        return _first([*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")], model)
    if isinstance(node, exp.Add | exp.Sub):
        return _first([node.this, node.expression], model)
    if isinstance(node, exp.Mul):
        return _product(_quantity(node.this, model), _quantity(node.expression, model))
    return UNKNOWN


def _first(nodes: list[Any], model: ModelSchema) -> Quantity:
    found = [_quantity(node, model) for node in nodes if node is not None]
    return next((quantity for quantity in found if quantity.kind not in {"literal", "unknown"}), UNKNOWN)


def _product(left: Quantity, right: Quantity) -> Quantity:
    """A price times a number of pieces is money; two units that both weigh something are not known."""
    plain = {"literal", "unknown", "count"}
    if left.kind in plain and right.kind in plain:
        return left if right.kind == "literal" else right if left.kind == "literal" else UNKNOWN
    return left if right.kind in plain else right if left.kind in plain else UNKNOWN

"""`assay schema`: JSON Schemas of the files and values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from assay.cli.output import print_json


@click.command(short_help="Print the JSON Schema of KPI files or answers.")
@click.argument("what", type=click.Choice(["kpi", "board", "answer", "trust", "landing", "load"]), default="kpi")
def command(what: str) -> None:
    """Print the JSON Schema of WHAT, so that editors complete and check KPI files and programs read answers.

    \b
    assay schema kpi > .vscode/kpi.schema.json
    """
    from assay.catalog.schema import board_schema, kpi_schema
    from assay.values.answer import Answer
    from assay.values.load import LandingRecord, LoadEntry
    from assay.values.trust import TrustReport

    schemas: dict[str, Callable[[], dict[str, Any]]] = {
        "kpi": kpi_schema,
        "board": board_schema,
        "answer": Answer.model_json_schema,
        "trust": TrustReport.model_json_schema,
        "landing": LandingRecord.model_json_schema,
        "load": LoadEntry.model_json_schema,
    }
    print_json(schemas[what]())

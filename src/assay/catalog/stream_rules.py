"""What a stream's dbt source says of its trust: the shards that deliver it, and when it is due.

These are facts of the data set, not of a KPI: a stream that is late is late for everything that rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assay.catalog.contract import Duration, Refresh


class StreamRules(BaseModel):
    """The `meta` of a dbt source's table, as far as it is about trust."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    shard: str | None = Field(
        default=None, description="The record's field, and dimension of the models, that says from which shard a record is."
    )
    shards: tuple[str, ...] = Field(default=(), description="The shards that deliver the stream, whether they have or not.")
    opened: Mapping[str, date] = Field(default={}, description="The first day of a shard; since ever, if not here.")
    retired: Mapping[str, date] = Field(default={}, description="The first day on which a shard delivers no more.")
    freshness: Duration | None = Field(default=None, description="How old the stream may be: `26h`.")
    refresh: Refresh | None = Field(default=None, description="When the stream is due again, and how late it may be.")
    repair: str | None = Field(
        default=None, description="What brings records that are missing or late, where that is not the import of a file."
    )
    unchecked: tuple[str, ...] = Field(
        default=(), description="Checks of the records that make no sense for it, such as the volume of what people do at will."
    )
    on_demand: bool = Field(
        default=False,
        description="Whether what is built from it is built only where a KPI, or a model of the project, rests on it.",
    )


NO_RULES = StreamRules()


def read_rules(meta: Mapping[str, Any]) -> tuple[StreamRules, list[str]]:
    """Return what the meta declares, and what is wrong with it in words."""
    try:
        return StreamRules.model_validate(meta), []
    except ValidationError as error:
        return NO_RULES, [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]

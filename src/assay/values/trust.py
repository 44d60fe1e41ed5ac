"""One screen of trust: every source, every check, and every problem with what it blocks.

A problem is an incident, one for each root cause: a feed that fell silent and withholds forty numbers is one incident that
lists forty numbers. `assay schema trust` prints the shape as JSON Schema.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from assay.values.answer import Fact, Freshness, Reason


class Blocked(Fact):
    """A KPI of which an incident withholds something."""

    kpi: str
    label: str
    criticality: Literal["critical", "high", "medium", "low"]
    owner: str | None = None
    now: bool = Field(
        description="Whether what people look at is withheld: a board's tile, or of a KPI on no board its last closed period. "
        "false: other periods alone."
    )
    periods: tuple[str, ...] = Field(default=(), description="The names of those periods that are withheld: yesterday, 30d.")
    boards: tuple[str, ...] = Field(default=(), description="The boards on which a tile of it is withheld.")


class Incident(Fact):
    """One root cause, and everything that it blocks."""

    id: str = Field(description="Stays the same for as long as the cause does.")
    code: str = Field(
        description="A stable word for programs: check_failed, check_warns, check_missing, model_failed, not_covered, "
        "rejected_rows, count_mismatch, shard_silent, late, not_refreshed, awaited, history, no_data, nothing_published."
    )
    sentence: str = Field(description="The same for a person.")
    input: str | None = Field(default=None, description="The stream, model or check that it is about.")
    since: datetime | None = None
    owner: str | None = Field(default=None, description="Whose it is.")
    repair: str | None = Field(default=None, description="The command that repairs it.")
    days: tuple[date, ...] = Field(default=(), description="The first 31 shop days that it is about.")
    days_count: int = Field(default=0, description="How many shop days it is about; 0 where it is not about single days.")
    streams: tuple[str, ...] = ()
    models: tuple[str, ...] = Field(default=(), description="The models that it holds back.")
    checks: tuple[str, ...] = Field(default=(), description="The checks that fail with it.")
    withheld: int = Field(default=0, description="How many numbers that people look at it withholds.")
    blocks: tuple[Blocked, ...] = Field(default=(), description="Critical numbers first.")


class FeedTrust(Fact):
    """What one source delivered of one stream, or of one shard of it."""

    source: str
    shard: str | None = None
    complete_until: datetime | None = None
    newest_load: datetime | None = None
    freshness: Freshness | None = Field(
        description="Against the stream's expected age; null where another source has gone on, or the shard is retired."
    )
    rows: int = 0
    expected_rows: int | None = Field(default=None, description="How many rows the source says it delivered, if it says so.")
    rejected: int = 0
    retired: bool = False


class SourceTrust(Fact):
    """One stream: how far it is complete, how fresh it is, and who rests on it."""

    stream: str
    owner: str | None = None
    complete_until: datetime | None = Field(description="null when nothing of it was ever loaded.")
    newest_load: datetime | None = None
    freshness: Freshness | None = Field(description="Of its newest data against `expected`; null when nothing was ever loaded.")
    expected: str = Field(
        description="How old it may be: 26h. Its own declaration, else the shortest that a KPI on it requires."
    )
    rows: int = 0
    expected_rows: int | None = None
    missing_days: int = Field(default=0, description="Shop days between its first and its newest data that are not complete.")
    models: tuple[str, ...] = Field(default=(), description="The models of KPIs that rest on it.")
    kpis: int = Field(default=0, description="How many KPIs rest on it, through any number of steps.")
    feeds: tuple[FeedTrust, ...] = Field(default=(), description="By source and shard.")


class CheckTrust(Fact):
    """One check, as it was run last."""

    check: str
    models: tuple[str, ...]
    status: Literal["passed", "failed", "error"]
    blocking: bool = Field(
        description="Whether it withholds what rests on its models; one that does not may still be required by a KPI."
    )
    failures: int = 0
    message: str = ""
    checked_at: datetime
    since: datetime | None = Field(default=None, description="Of a failing check: since when it is known to fail.")
    incident: str | None = Field(default=None, description="The incident that it belongs to.")


class TrustReport(Fact):
    """Everything that numbers rest on at one instant, and what is wrong with it."""

    project: str
    timezone: str
    now: datetime
    generation: int | None
    published_at: datetime | None
    valid_until: datetime | None = Field(description="The instant at which the clock alone may change something here.")
    state: Literal["nothing_loaded", "blocked", "other_days", "watch", "well"] = Field(
        description="`blocked`: something that people look at is withheld; `other_days`: only other periods are; `watch`: "
        "there are incidents that block nothing."
    )
    sentence: str = Field(description="How things stand, in one sentence.")
    problems: int = Field(description="Incidents that withhold something that people look at.")
    blocked: int = Field(description="Numbers that people look at and that are withheld, each once.")
    kpis: int = Field(description="How many KPIs were judged.")
    checked_at: datetime | None = Field(default=None, description="When the checks were run last.")
    incidents: tuple[Incident, ...] = Field(
        default=(), description="What blocks most comes first, critical numbers before all."
    )
    sources: tuple[SourceTrust, ...] = ()
    checks: tuple[CheckTrust, ...] = Field(default=(), description="Those that fail first.")

    @property
    def blocks_anything(self) -> bool:
        """Whether an incident blocks any number, of any period."""
        return any(incident.blocks for incident in self.incidents)

    def notice(self) -> Reason | None:
        """Return what every board says of it, or nothing where nothing that people look at is withheld."""
        if self.state != "blocked":
            return None
        return Reason(code="problems", sentence=self.sentence, repair="assay trust")

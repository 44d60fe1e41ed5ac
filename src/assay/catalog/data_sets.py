"""The refresh configuration (`jobs/*.yml`): which models are refreshed together, when, how late at most, and what if it fails.

A data set is what `assay refresh --data-set NAME` brings up to date by itself. Its KPIs are due when it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assay.catalog.contract import Contract, Criticality, Duration, Name, Refresh, seconds

_SECRET = "env:"  # noqa: S105 - a prefix, no secret


def _named_secret(text: str) -> str:
    """Accept the name of an environment variable, and nothing that could be the secret itself."""
    if not text.startswith(_SECRET) or not text.removeprefix(_SECRET).isidentifier():
        raise ValueError("a secret is named, never written: env:SLACK_WEBHOOK")
    return text


Secret = Annotated[str, AfterValidator(_named_secret), Field(description="The environment variable that holds it: env:NAME.")]


class Retries(Contract):
    """How often a refresh that fails is tried again: after `wait`, then `factor` times as long each time."""

    attempts: int = Field(default=3, ge=1, le=10, description="How often it is tried in all.")
    wait: Duration = Field(default="1m", description="How long after the first failure it is tried again.")
    factor: int = Field(default=2, ge=1, le=10, description="By what each later wait is longer than the one before.")
    longest: Duration = Field(default="30m", description="No wait is longer.")

    def waits(self) -> tuple[int, ...]:
        """Return the seconds to wait after each failure but the last."""
        longest = seconds(self.longest)
        return tuple(min(longest, seconds(self.wait) * self.factor**tried) for tried in range(self.attempts - 1))


class Notify(Contract):
    """Who is told, by the names of `notifications`."""

    late: tuple[Name, ...] = Field(default=(), description="When its SLA is over.")
    failed: tuple[Name, ...] = Field(default=(), description="When the last attempt has failed.")


class DataSet(Refresh):
    """Models that are refreshed together, and the KPIs that are due with them."""

    description: str = Field(default="", description="What it is for.")
    models: tuple[Name, ...] = Field(min_length=1, description="The dbt models; what they are built from comes with them.")
    kpis: tuple[Name, ...] = Field(default=(), description="KPIs that are due when it is, unless a refresh.yml says otherwise.")
    criticality: Criticality = Field(default=Criticality.MEDIUM, description="How much the business leans on it.")
    retries: Retries = Field(default=Retries(), description="How often a refresh that fails is tried again.")
    checks: tuple[Name, ...] = Field(
        default=(), description="Checks (dbt tests) that must pass for the refresh to count as good."
    )
    notify: Notify = Field(default=Notify(), description="Who is told when it is late or has failed.")


class SnapshotJob(Refresh):
    """A dbt snapshot that is taken with every refresh of the models that it looks at."""

    keep: Literal["all"] | Duration = Field(default="all", description="How long its history is kept.")


class RunLogs(Contract):
    """What is kept of the runs themselves."""

    keep: Duration = Field(default="365d", description="How long the log of a run is kept.")


class Channel(Contract):
    """A way to tell people."""

    kind: Literal["slack", "email", "pagerduty", "webhook"] = Field(description="What it is.")
    to: str | None = Field(default=None, description="For e-mail: the address; for Slack: the channel.")
    secret: Secret | None = Field(default=None, description="For the others: where the URL or routing key is.")


class Datadog(Contract):
    """Where the figures of runs are sent as metrics."""

    enabled: bool = Field(default=False, description="Whether they are.")
    api_key: Secret = Field(description="Where the key is.")
    prefix: Name = Field(default="assay", description="What the names of the metrics begin with.")
    tags: tuple[str, ...] = Field(default=(), description="Tags on every metric: `env:production`.")


class RefreshConfig(Contract):
    """One file of `jobs/`."""

    data_sets: dict[Name, DataSet] = Field(min_length=1, description="By name: what `assay refresh --data-set NAME` refreshes.")
    snapshots: dict[Name, SnapshotJob] = Field(default={}, description="dbt snapshots, by name.")
    run_logs: RunLogs = Field(default=RunLogs(), description="What is kept of runs.")
    notifications: dict[Name, Channel] = Field(default={}, description="Channels, by the names that `notify` uses.")
    datadog: Datadog | None = Field(default=None, description="Where the figures of runs are sent.")

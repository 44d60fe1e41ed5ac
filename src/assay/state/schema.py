"""The tables of the state store. Instants are UTC text in ISO 8601, values exact decimal text."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

generation = Table(
    "generation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("published_at", String, nullable=False),
    Column("file", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("token", Integer, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kpi", String, nullable=False),
    Column("period", String, nullable=False),  # a grain (day, week …) for closed periods, a name (wtd …) for current ones
    Column("start", String, nullable=False),
    Column("end", String, nullable=False),
    UniqueConstraint("kpi", "period", "start", "end"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("series", ForeignKey("series.id"), primary_key=True),
    Column("generation", ForeignKey("generation.id"), primary_key=True),
    Column("value", String),
    Column("state", Integer, nullable=False),  # 0 actual, 1 estimated, 2 withheld; 4 is added while provisional
    Column("fact", String, nullable=False),
    sqlite_with_rowid=False,
)

stage_kpi = Table(  # which numbers the boards of a company's stages show, as of the newest generation
    "stage_kpi",
    metadata,
    Column("stage", String, primary_key=True),
    Column("name", String, primary_key=True),  # what the stage's endpoint calls the number
    Column("kpi", String, nullable=False),
)

fact = Table("fact", metadata, Column("hash", String, primary_key=True), Column("body", Text, nullable=False))

restatement = Table(
    "restatement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", ForeignKey("series.id"), nullable=False),
    Column("generation", ForeignKey("generation.id"), nullable=False),
    Column("old", String),
    Column("new", String),
    Column("cause", String, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", String, nullable=False),  # queued, running, done, failed
    Column("created_at", String, nullable=False),
    Column("finished_at", String),
    Column("step", String, nullable=False, default=""),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("result", Text),
    Column("problem", Text),
)

worker = Table(
    "worker",
    metadata,
    Column("token", Integer, primary_key=True),
    Column("taken_at", String, nullable=False),
    Column("pid", Integer),
)

Index("ledger_by_generation", ledger.c.generation)
Index("job_by_state", job.c.state)

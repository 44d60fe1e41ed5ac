"""The state store: SQLite in WAL mode, every commit on the disk before it returns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Row, create_engine, delete, event, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from assay.errors import AssayError, UsageError
from assay.state import schema
from assay.values.ledgered import LedgerRow, Restated

HEAD = "0002"
_SERIES = '(select id from series where kpi = ? and period = ? and start = ? and "end" = ?)'
_NEW_SERIES = 'insert into series (kpi, period, start, "end") values (?, ?, ?, ?) on conflict do nothing'
_NEW_ROW = f"insert into ledger (series, generation, value, state, fact) values ({_SERIES}, ?, ?, ?, ?)"  # noqa: S608 - constant
_NEW_RESTATEMENT = f"insert into restatement (series, generation, old, new, cause) values ({_SERIES}, ?, ?, ?, ?)"  # noqa: S608 - constant


class Fenced(AssayError):
    """Another worker has taken over; what this one was about to publish is void."""


class StateStore:
    """An open state store."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine: Engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _durable)
        event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(writes=True)
        self._migrate()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def begin(self) -> AbstractContextManager[Connection]:
        """Return one transaction: everything in it happens, or nothing."""
        return self._writing.begin()

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            if _version(connection) == HEAD:
                return
        with self.begin() as connection:
            if _version(connection) == HEAD:  # another process was faster
                return
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except Exception as error:
                raise AssayError(
                    f"The state store cannot be brought to version {HEAD}: {error}",
                    "It may come from a newer Assay: upgrade Assay.",
                ) from error

    # Workers

    def take_over(self, now: datetime, pid: int) -> int:
        """Register a new worker and return its token; the tokens of all earlier workers are void from now on."""
        with self.begin() as connection:
            row = connection.execute(insert(schema.worker).values(taken_at=now.isoformat(), pid=pid))
            return _number(row)

    # Generations and ledger

    def newest_generation(self) -> Row[Any] | None:
        """Return the newest generation's row."""
        with self._engine.connect() as connection:
            return connection.execute(select(schema.generation).order_by(schema.generation.c.id.desc()).limit(1)).first()

    def publish(
        self,
        number: int,
        published_at: datetime,
        file: str,
        sha256: str,
        token: int,
        rows: Sequence[LedgerRow],
        facts: dict[str, Any],
        restatements: Sequence[Restated],
        stage_kpis: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        """Publish a generation: its pointer, its ledger rows and its restatements become visible together, or not at all.

        `stage_kpis` are the numbers that the stages' boards show from now on: stage, name, KPI.
        """
        with self.begin() as connection:
            newest = connection.execute(select(func.max(schema.worker.c.token))).scalar()
            if newest != token:
                raise Fenced("Another worker has taken over this project.", "Nothing was published; the other worker goes on.")
            connection.execute(
                insert(schema.generation).values(
                    id=number, published_at=published_at.isoformat(), file=file, sha256=sha256, token=token
                )
            )
            if facts:
                bodies = [{"hash": key, "body": json.dumps(body, sort_keys=True, default=str)} for key, body in facts.items()]
                connection.execute(upsert(schema.fact).on_conflict_do_nothing(), bodies)
            keys = [(row.kpi, row.period, row.start, row.end) for row in rows]
            if rows:
                connection.exec_driver_sql(_NEW_SERIES, keys)
                entries = [(*key, number, row.value, row.state, row.fact) for key, row in zip(keys, rows, strict=True)]
                connection.exec_driver_sql(_NEW_ROW, entries)
            if restatements:
                moved = [(one.kpi, one.period, one.start, one.end, number, one.old, one.new, one.cause) for one in restatements]
                connection.exec_driver_sql(_NEW_RESTATEMENT, moved)
            if {tuple(row) for row in connection.execute(select(schema.stage_kpi))} != set(stage_kpis):
                connection.execute(delete(schema.stage_kpi))
                if stage_kpis:
                    names = schema.stage_kpi.c.keys()
                    connection.execute(insert(schema.stage_kpi), [dict(zip(names, row, strict=True)) for row in stage_kpis])

    def newest_rows(self) -> dict[tuple[str, str, str, str], tuple[str | None, int, str]]:
        """Return the newest (value, state, fact) of every series (kpi, period, start, end)."""
        sql = (
            "select s.kpi, s.period, s.start, s.end, l.value, l.state, l.fact from series s join ledger l on l.series = s.id "
            "where l.generation = (select max(generation) from ledger where series = s.id)"
        )
        with self._engine.connect() as connection:  # a worker that starts waits for a hundred thousand rows: the driver's own
            return {row[:4]: row[4:] for row in connection.exec_driver_sql(sql).cursor.fetchall()}

    def values_before_withheld(self) -> dict[tuple[str, str, str, str], tuple[str | None, int, str]]:
        """Return, of every series that is withheld now, the newest (value, state, fact) that was shown."""
        sql = (
            "select s.kpi, s.period, s.start, s.end, l.value, l.state, l.fact from series s join ledger l on l.series = s.id "
            "join ledger n on n.series = s.id and n.generation = (select max(generation) from ledger where series = s.id) "
            "where n.value is null and l.generation = "
            "(select max(generation) from ledger where series = s.id and value is not null)"
        )
        with self._engine.connect() as connection:
            return {tuple(row[:4]): (row[4], row[5], row[6]) for row in connection.exec_driver_sql(sql)}

    def fact(self, key: str) -> dict[str, Any] | None:
        """Return the body of a series fact."""
        with self._engine.connect() as connection:
            body = connection.execute(select(schema.fact.c.body).where(schema.fact.c.hash == key)).scalar()
        return None if body is None else dict(json.loads(body))

    # Jobs

    def add_job(self, kind: str, arguments: dict[str, Any], now: datetime) -> int:
        """Write a durable job and return its number."""
        with self.begin() as connection:
            values = {"kind": kind, "arguments": json.dumps(arguments), "state": "queued", "created_at": now.isoformat()}
            row = connection.execute(insert(schema.job).values(**values))
            return _number(row)

    def next_job(self) -> Row[Any] | None:
        """Return the oldest job that is not finished; one that was running when its worker died is taken up again."""
        unfinished = select(schema.job).where(schema.job.c.state.in_(["queued", "running"])).order_by(schema.job.c.id).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(unfinished).first()

    def update_job(self, number: int, **values: Any) -> None:
        """Write a job's progress, result or problem."""
        with self.begin() as connection:
            connection.execute(update(schema.job).where(schema.job.c.id == number).values(**values))

    def finish_job(self, number: int, now: datetime, *, result: Any = None, problem: dict[str, str] | None = None) -> None:
        """Write how a job ended."""
        self.update_job(
            number,
            state="failed" if problem else "done",
            finished_at=now.isoformat(),
            result=json.dumps(result, default=str),
            problem=json.dumps(problem) if problem else None,
        )

    def job(self, number: int) -> Row[Any]:
        """Return a job; raises `UsageError` for a number that is none."""
        with self._engine.connect() as connection:
            row = connection.execute(select(schema.job).where(schema.job.c.id == number)).first()
        if row is None:
            raise UsageError(f"There is no job {number}.", "List the newest with `assay doctor`.")
        return row


def _number(result: CursorResult[Any]) -> int:
    """Return the number of the row that was inserted."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def _version(connection: Connection) -> str | None:
    tables = connection.exec_driver_sql("select name from sqlite_master where name = 'alembic_version'").fetchall()
    return connection.exec_driver_sql("select version_num from alembic_version").scalar() if tables else None


def _durable(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would commit before DDL, and begin only after the first select
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin for real; a writer locks at once, so that what it reads first still holds when it writes."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""dbt snapshots on the disk: the one thing in the warehouse that the landing zone cannot bring back.

After every build each snapshot is written beside the generations, and a warehouse that has none of it (a new one, after a crash
or `assay rebuild`) gets it back before dbt goes on with it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from assay.engines.protocol import Engine
from assay.planner.tables import quoted
from assay.rollups.segments import write_durably

Relation = tuple[str, str]
"""Schema and name of a table."""


def restore(engine: Engine, snapshots: Mapping[str, Relation], folder: Path) -> list[str]:
    """Bring back the snapshots that the warehouse does not have; return their names."""
    missing = [name for name in snapshots if _file(folder, name).is_file() and not _there(engine, snapshots[name])]
    for name in missing:
        schema, _ = snapshots[name]
        engine.execute(f"create schema if not exists {quoted(schema)}")
        engine.execute(
            f"create table {_table(snapshots[name])} as select * from read_parquet(?)",  # noqa: S608 - names of dbt's manifest
            [str(_file(folder, name).absolute())],
        )
    return missing


def keep(engine: Engine, snapshots: Mapping[str, Relation], folder: Path) -> list[str]:
    """Write the snapshots that have changed since they were written; return their names."""
    import pyarrow.parquet as pq

    changed = [
        name for name, relation in snapshots.items() if _there(engine, relation) and _changed(engine, relation, folder, name)
    ]
    for name in changed:
        rows = engine.query(f"select * from {_table(snapshots[name])}")  # noqa: S608 - names of dbt's manifest
        content = io.BytesIO()
        pq.write_table(rows, content, compression="zstd")
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(_file(folder, name), content.getvalue())
    return changed


def _changed(engine: Engine, relation: Relation, folder: Path, name: str) -> bool:
    file = _file(folder, name)
    if not file.is_file():
        return True
    marks = [
        engine.query(f"select count(*) as n, bit_xor(hash(t)) as h from {source} t", parameters).to_pylist()  # noqa: S608
        for source, parameters in ((_table(relation), []), ("read_parquet(?)", [str(file.absolute())]))
    ]
    now, written = marks
    return bool(now != written)


def _there(engine: Engine, relation: Relation) -> bool:
    rows = engine.query("select 1 from information_schema.tables where table_schema = ? and table_name = ?", list(relation))
    return bool(rows.num_rows)


def _table(relation: Relation) -> str:
    return ".".join(quoted(part) for part in relation)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"

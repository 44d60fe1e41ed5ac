"""What Assay measures of its own runs, questions and sources, from the process that measures to the KPI, against a pencil."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from assay import telemetry
from assay.catalog.contract import Question
from assay.errors import AssayError, TransientError, UsageError
from assay.runtime import importing, worker
from assay.runtime.lock import WorkerLock
from assay.runtime.own import report as self_report
from assay.sources.landing import LandingZone
from tests.packs.measured import OWN, at, orders, project, warehouse
from tests.scenarios.shop import Stage

TIMED = {
    "models/v_small.sql": "select 1 as one",
    "models/v_small.yml": "version: 2\nmodels:\n  - name: v_small\n    config: {materialized: view, meta: {timed: true}}\n",
}
LATENCY = """kpi: small_latency_ms
definition: How long v_small takes.
unit: milliseconds
direction: down
model: fct_assay_queries
time: asked_on
formula: quantile_cont(milliseconds, 0.95) filter (where kind = 'probe' and subject = 'v_small' and success)
owner: data-platform
"""
HOURLY = "pipeline_uptime_pct: {schedule: '0 * * * *', sla: 30m}\n"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = project(tmp_path / "shop")
    stage.write("refresh.yml", HOURLY)
    for name, text in TIMED.items():
        stage.write(name, text)
    stage.write("kpis/small.yml", LATENCY)
    return stage


def timed_run(stage: Stage, step: float) -> None:
    stage.clock.step = step  # type: ignore[attr-defined]
    stage.run()
    stage.clock.step = 0.0  # type: ignore[attr-defined]


def test_a_morning_of_a_shop(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    timed_run(at(stage, 0, 30), 0.1)
    for _ in range(4):
        assert stage.codes("etl_success_rate_pct") == ["division_by_zero"]
    stage.take("orders.csv", orders(("o1", "2026-03-01", "10.00")), "orders")
    with pytest.raises(UsageError):  # the mistake of a person is no failure of a source
        stage.take("orders.csv", "nothing", "orders")
    with monkeypatch.context() as patched:
        patched.setattr(importing, "take", full_disk)
        with pytest.raises(TransientError):
            stage.take("orders.csv", orders(("o2", "2026-03-01", "10.00")), "orders")

    timed_run(at(stage, 1), 0.2)
    question = Question(kpi="etl_success_rate_pct")
    with WorkerLock(stage.project.generated), pytest.raises(TransientError):
        stage.desk().ask(question, recompute=True)
    with pytest.raises(UsageError):
        stage.ask("nobody_declared_this")

    schema = stage.write("models/broken.yml", "models: [")
    with pytest.raises(AssayError):
        at(stage, 2).run()
    schema.unlink()
    timed_run(at(stage, 3), 0.4)
    at(stage, 3, 10).run()

    # r1 to r4 have ended, r3 in a failure; r5 runs
    assert stage.value("etl_success_rate_pct") == "75"
    # Samples from 00:35 to 03:05 are 31. Published at 01:00, due at 02:00, in time until 02:30: 02:30 to 02:55 are 6 late ones.
    assert warehouse(stage, "select samples, samples_up from main.fct_assay_uptime") == [(31, 25)]
    assert stage.value("pipeline_uptime_pct") == "80.645161"
    # 4 answers and 1 failure; 3 probes of v_small
    assert stage.value("query_success_rate_pct") == "87.5"
    assert stage.value("cache_hit_ratio_pct") == "100"  # the failure wanted the warehouse
    # place 0.95 * 2 = 1.9 of 100, 200, 400
    assert stage.value("small_latency_ms") == "380"
    assert stage.ask("small_latency_ms").display == "380 ms"
    assert stage.value("api_success_rate_pct") == "50"
    assert stage.codes("active_connections_pct") == ["no_data"]
    assert "a warehouse that is a file has neither" in str(stage.ask("index_usage_pct").reasons[0].repair)
    assert "nobody_declared_this" not in "".join(path.read_text() for path in (stage.project.generated / "telemetry").iterdir())
    assert stage.restatements() == []


def test_a_question_that_the_partials_do_not_keep_misses_the_cache(stage: Stage) -> None:
    at(stage, 9, 30).run()
    assert [stage.ask("etl_success_rate_pct").value for _ in range(3)] == [None] * 3
    assert {row.value for row in stage.ask("data_quality_issues", by="check_name").rows or ()} == {"0"}
    at(stage, 10).run()
    assert stage.value("cache_hit_ratio_pct") == "75"


def killed_server(stage: Stage) -> None:
    telemetry.FLUSH_SECONDS = 3600
    desk = stage.desk()
    desk.notebook.buffer()
    desk.ask(Question(kpi="etl_success_rate_pct"))
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_crash_between_measuring_and_landing_leaves_a_gap_and_no_number(stage: Stage) -> None:
    at(stage, 9, 30).run()
    stage.ask("etl_success_rate_pct")
    at(stage, 9, 40)
    process = multiprocessing.get_context("fork").Process(target=killed_server, args=(stage,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    at(stage, 10).run()
    # An open day is known as far as its data reach: up to the server's last write.
    assert stage.ask("query_success_rate_pct").as_of == at(stage, 9, 40).clock.now()
    at(stage, 10, 20).run()
    answer = stage.ask("query_success_rate_pct")
    assert (answer.value, [reason.code for reason in answer.reasons]) == (None, ["not_covered"])
    assert stage.value("etl_success_rate_pct") == "100"  # no run was lost
    at(stage, 9, 30, day=3).run()
    at(stage, 10, 0, day=3).run()
    assert stage.value("query_success_rate_pct", "2026-03-02") is None
    assert stage.value("query_success_rate_pct") == "100"  # the probe of the day is known
    assert stage.restatements() == []


def killed_worker(stage: Stage) -> None:
    def die(_place: object, _progress: object) -> dict[str, object]:
        os.kill(os.getpid(), signal.SIGKILL)
        return {}

    worker.JOBS["refresh"] = die
    stage.run()


def test_a_run_that_is_killed_is_a_failure(stage: Stage) -> None:
    at(stage, 9, 30).run()
    at(stage, 9, 50)
    process = multiprocessing.get_context("fork").Process(target=killed_worker, args=(stage,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    at(stage, 10).go_on()
    assert stage.value("etl_success_rate_pct") == "50"


def test_a_machine_that_went_down_withholds_what_only_its_memory_held(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    at(stage, 9, 30).run()
    monkeypatch.setattr(self_report, "boot", lambda: "another start")
    at(stage, 10).run()
    at(stage, 10, 20).run()
    assert stage.codes("query_success_rate_pct") == ["not_covered"]
    assert stage.value("etl_success_rate_pct") == "100"


def test_a_project_whose_kpis_do_not_ask_is_not_measured(tmp_path: Path) -> None:
    stage = project(tmp_path / "shop")
    for name in OWN:
        (stage.folder / "kpis" / name).unlink()
    at(stage, 9, 30).run()
    stage.ask("total_orders")
    at(stage, 10).run()
    assert not (stage.project.landing / "assay").exists()
    assert not (stage.project.generated / "telemetry").exists()
    assert warehouse(stage, "select count(*) from main.fct_assay_runs") == [(0,)]


def test_measuring_restates_nothing_and_lands_now_and_then(stage: Stage) -> None:
    at(stage, 9, 30).run()
    before = len(LandingZone(stage.project.landing).batches())
    at(stage, 9, 35).run()
    assert len(LandingZone(stage.project.landing).batches()) == before
    for day in (3, 4):
        at(stage, 9, 30, day=day).run()
    assert stage.restatements() == []
    assert stage.run()["rows"] == 0
    # the two closed days: runs at 09:30 and 09:35 on Monday, one on Tuesday
    assert [stage.value("etl_success_rate_pct", day) for day in ("2026-03-02", "2026-03-03")] == ["100", "100"]
    assert stage.ask("etl_success_rate_pct", "2026-03-02").n == 2


def full_disk(*_: object, **__: object) -> None:
    raise TransientError("There is no room left.", "Free some space.")

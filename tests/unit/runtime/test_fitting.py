"""The process that fits forecasts: it answers as the room does, is ended when it hangs, and started again when it is gone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from assay.errors import AssayError, TransientError
from assay.forecast.making import Task
from assay.runtime.forecasting.fitting import Fitter
from assay.runtime.lean import hide_pandas, reveal_pandas

TASK = Task((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0) * 9, "day", 14)
REPLY = '{"model": "naive", "season": 7, "steps": [], "backtest": {"origins": 2, "held_out": 28, "mae": 0, "naive_mae": 0, '
REPLY += '"wape": null, "within": 28, "first": 43, "last": 57}}'


def script(tmp_path: Path, body: str) -> Sequence[str]:
    """Return a command that stands in for the process: `body` runs for each task."""
    file = tmp_path / "fit.py"
    file.write_text(f"import sys, time\nfor line in sys.stdin:\n    {body}\n")
    return sys.executable, "-u", str(file)


def test_it_answers_as_the_room_does_and_keeps_what_it_answered() -> None:
    fitter = Fitter(deadline=600)  # it is nicer than all the other tests
    try:
        found = fitter(TASK)
        assert [step.middle for step in found.steps] == pytest.approx([1, 2, 3, 4, 5, 6, 7] * 2)
        assert (found.model, found.season, found.backtest.mae) == ("naive", 7, 0)
        with pytest.raises(AssayError, match="57 periods are too few"):
            fitter(Task(TASK.history[:57], "day", 14))
        fitter.close()
        assert fitter(TASK) is found
        assert fitter._process is None  # nothing was started for what is known
    finally:
        fitter.close()


def test_one_that_does_not_answer_in_time_is_ended(tmp_path: Path) -> None:
    fitter = Fitter(deadline=0.5, command=script(tmp_path, "time.sleep(600)"))
    with pytest.raises(TransientError, match="took too long"):
        fitter(TASK)
    assert fitter._process is None


def test_one_that_is_gone_is_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    body = f"known = open({str(mark)!r}, 'a+'); known.write('x'); known.flush(); known.seek(0)\n"
    body += f"    print({REPLY!r}) if known.read() == 'xx' else sys.exit()"
    fitter = Fitter(command=script(tmp_path, body))
    assert fitter(TASK).model == "naive"
    assert mark.read_text() == "xx"
    fitter.close()


def test_one_that_ends_each_time_is_not_started_for_ever(tmp_path: Path) -> None:
    fitter = Fitter(command=script(tmp_path, "sys.exit()"))
    with pytest.raises(TransientError, match="went away"):
        fitter(TASK)


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    fitter = Fitter(command=script(tmp_path, f"print({REPLY!r})"))
    fitter(TASK)
    process = fitter._process
    assert process is not None
    del fitter
    assert process.wait(10) is not None


def test_pandas_can_be_hidden_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    hide_pandas()
    with pytest.raises(ImportError):
        __import__("pandas")
    reveal_pandas()
    assert "pandas" not in sys.modules
    monkeypatch.setitem(sys.modules, "pandas", sys)  # one that is in use stays
    hide_pandas()
    reveal_pandas()
    assert sys.modules["pandas"] is sys


def test_neither_server_nor_command_loads_the_models() -> None:
    program = (
        "import sys, importlib\n"
        "for name in ('api.__main__', 'api.routes.forecasts', 'cli.commands.forecast', 'runtime.worker'):\n"
        "    importlib.import_module('assay.' + name)\n"
        "assert not {'statsforecast', 'pandas', 'scipy'} & set(sys.modules), 'loaded'\n"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stderr == ""

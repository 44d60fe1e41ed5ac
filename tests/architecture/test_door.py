"""`dev.py` does a step once, does it again when its inputs change, and never takes a failed one for done."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import dev

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "STAMPS", tmp_path / ".dev")
    (tmp_path / ".dev").mkdir()
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "page.ts").write_text("one")
    return tmp_path


def counting(checkout: Path, *facts: str) -> tuple[dev.Step, list[str]]:
    calls: list[str] = []

    def action() -> None:
        calls.append("ran")
        (checkout / "made").touch()

    return dev.Step("toy", "toy", checkout / "made", action, (checkout / "web",), facts), calls


def runs(checkout: Path, *facts: str) -> int:
    step, calls = counting(checkout, *facts)
    dev.run(step, dev.Progress())
    return len(calls)


def test_a_step_is_skipped_until_its_inputs_change(checkout: Path) -> None:
    assert [runs(checkout), runs(checkout)] == [1, 0]
    (checkout / "web" / "page.ts").write_text("two")
    assert [runs(checkout), runs(checkout)] == [1, 0]
    (checkout / "web" / "new.ts").write_text("two")
    assert [runs(checkout), runs(checkout, "another Python")] == [1, 1]


def test_a_step_runs_again_when_what_it_made_is_gone(checkout: Path) -> None:
    assert runs(checkout) == 1
    (checkout / "made").unlink()
    assert runs(checkout) == 1


def test_what_a_build_leaves_behind_is_no_input(checkout: Path) -> None:
    assert runs(checkout) == 1
    (checkout / "web" / "node_modules").mkdir()
    (checkout / "web" / "node_modules" / "left.js").write_text("x")
    assert runs(checkout) == 0


def test_an_edit_during_a_step_runs_it_again(checkout: Path) -> None:
    def action() -> None:
        (checkout / "made").touch()
        (checkout / "web" / "page.ts").write_text("edited meanwhile")

    dev.run(dev.Step("toy", "toy", checkout / "made", action, (checkout / "web",)), dev.Progress())
    assert runs(checkout) == 1


def test_a_failed_step_says_why_and_is_not_taken_for_done(checkout: Path) -> None:
    def action() -> None:
        (checkout / "made").touch()
        dev.execute("toy", [sys.executable, "-c", "print('the reason'); raise SystemExit(4)"])

    step = dev.Step("toy", "toy", checkout / "made", action)
    with pytest.raises(dev.StepError, match=r"(?s)the reason.*status 4"):
        dev.run_lanes([[step]], dev.Progress())
    assert not step.current()


def test_a_step_that_makes_nothing_has_failed(checkout: Path) -> None:
    with pytest.raises(dev.StepError, match="left no"):
        dev.run(dev.Step("toy", "toy", checkout / "made", lambda: None), dev.Progress())


def test_an_old_python_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert dev.main(["demo"]) == 1
    assert "3.11 or newer; this is 3.10.4" in capsys.readouterr().err


def test_an_unknown_option_of_check_is_refused() -> None:
    result = subprocess.run([sys.executable, "dev.py", "check", "--fxi"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "--fxi" in result.stderr


def pins(name: str) -> dict[str, set[str]]:
    """Return the pinned versions by package; a package may have one for each Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)==([^ \n]+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE
    ):
        found.setdefault(package, set()).add(version)
    return found


def test_the_requirement_files_agree() -> None:
    whole = pins("dev")
    for name in ("runtime", "tools"):
        assert pins(name).items() <= whole.items()


def test_every_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    pinned = pins("runtime")
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    outside = [
        text
        for text in stated
        for requirement in [Requirement(text)]
        if not all(requirement.specifier.contains(version) for version in pinned.get(requirement.name.lower(), {"0"}))
    ]
    assert outside == [], "run `python3 dev.py lock`"


@pytest.mark.parametrize("name", ["dev", "runtime", "tools"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = re.split(r"\n(?=[\w.-]+==)", text)
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_continuous_integration_runs_the_tests_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "python3 dev.py test"
    assert [line for line in lines if "install" in line] == []

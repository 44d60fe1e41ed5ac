"""The page's types are made from the models, so that the two cannot drift apart."""

from __future__ import annotations

import runpy
from pathlib import Path

WEB = Path(__file__).parents[3] / "web"


def test_the_page_knows_the_answers_as_the_models_have_them() -> None:
    made: str = runpy.run_path(str(WEB / "generate_types.py"))["render"]()
    kept = (WEB / "src" / "api" / "types.ts").read_text("utf-8")
    assert kept == made, "run `python web/generate_types.py`"

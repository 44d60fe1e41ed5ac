"""Pandas stays out of processes that do not need it. It comes with the extra `forecast`, and pyarrow loads it wherever it lies.

That takes a second of every command and 50 MB of every process, and none of our tables ever becomes a frame.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

_NAME = "pandas"


class _Hidden(MetaPathFinder):
    """Says that there is no pandas. (Python's own way, None among the loaded modules, is taken by pyarrow for a pandas.)"""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname == _NAME:
            raise ModuleNotFoundError(f"{_NAME} is not needed here", name=_NAME)
        return None


_HIDDEN = _Hidden()


def hide_pandas() -> None:
    """Let pyarrow find no pandas, unless somebody has loaded it already."""
    if _HIDDEN not in sys.meta_path:
        sys.meta_path.insert(0, _HIDDEN)


def reveal_pandas() -> None:
    """Let it be found again: a worker may run a user's dbt models that are written in Python."""
    if _HIDDEN in sys.meta_path:
        sys.meta_path.remove(_HIDDEN)

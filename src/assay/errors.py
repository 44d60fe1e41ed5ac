"""Errors that say what came, what would be right, and what to do.

Every error a person can meet is an `AssayError`. Its type decides what the caller does with it: a `UsageError` is the
person's to mend (exit 2), a `TransientError` may be tried again, anything else is a failure (exit 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AssayError(Exception):
    """Something went wrong; `problem` says what came, `remedy` what to do about it."""

    exit_status = 1

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}\n{remedy}" if remedy else problem)


class UsageError(AssayError):
    """The command, question or file is wrong; repeating it unchanged cannot succeed."""

    exit_status = 2


class TransientError(AssayError):
    """The same call may succeed later (a lock is held, a worker is busy)."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the known name nearest to `name`, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""

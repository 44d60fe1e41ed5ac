"""What working out a formula gives: a number with its verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from assay.calendar import Window
from assay.runtime.answers.arithmetic import call
from assay.values.answer import Reason
from assay.values.verdict import Verdict, combine


class Outcome(NamedTuple):
    """A number or None, its verdict, its sample size, and the reasons of a null that no missing data explains."""

    number: Fraction | None
    verdict: Verdict
    n: int | None = None
    nulls: int = 0
    reasons: tuple[Reason, ...] = ()

    def shown(self) -> Fraction | None:
        """Return the number if nothing withholds it."""
        return None if self.verdict.blocking else self.number


DIVISION_BY_ZERO = Reason(code="division_by_zero", sentence="There is nothing to divide by in this period.")
NO_ROWS = Reason(code="no_rows", sentence="There are no rows in this period to work it out from.")
NO_BASE = Reason(code="no_base", sentence="The period that it is compared with has no positive value.")
SHORTER_PERIOD = Reason(
    code="shorter_period", sentence="The earlier period is shorter than what has passed of this one, so they are not compared."
)
SKETCHED = Reason(code="sketched", sentence="Worked out from a sketch of more than 1,000 values: within 1 % of the exact one.")


def called(function: str, outcomes: list[Outcome], window: Window) -> Outcome:
    """Return a scalar function of numbers, with what is wrong with any of them."""
    verdict = combine(tuple(outcome.verdict for outcome in outcomes), window.days)
    numbers = [outcome.number for outcome in outcomes]
    known = [number for number in numbers if number is not None]
    number = call(function, known) if len(known) == len(numbers) else None
    reasons = tuple(dict.fromkeys(reason for outcome in outcomes for reason in outcome.reasons))
    if number is None and not reasons and len(known) == len(numbers):
        reasons = (DIVISION_BY_ZERO,)
    return Outcome(number, verdict, outcomes[0].n, sum(one.nulls for one in outcomes), reasons)


def pct_change(now: Outcome, before: Outcome, whole: Verdict, window: Window) -> Outcome:
    """Return by how many percent a number differs from the one before."""
    verdict = combine((whole, before.verdict), window.days)
    reasons = now.reasons + before.reasons
    if now.number is None or before.number is None:
        return Outcome(None, verdict, now.n, now.nulls, reasons)
    if before.number <= 0:
        return Outcome(None, verdict, now.n, now.nulls, (NO_BASE,))
    return Outcome(100 * (now.number - before.number) / before.number, verdict, now.n, now.nulls, reasons)

"""How many kinds of defects in what a source delivers are caught, and how many clean values are withheld by mistake.

Each kind goes the user's way: it is delivered to a shop on the disk (batches or a file), refreshed with dbt, checks and
publication, and every KPI is asked for the days around it. What comes back is held against the truth, which is worked out
from the undamaged records without the engine. A kind is caught if every answer is withheld, names the defect, or is right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from assay.values.answer import Answer, Reason
from benchmarks.planted_defects.clean import MOST_FALSE, clean_year
from benchmarks.planted_defects.defects import DEFECTS, NOT_CAUGHT
from benchmarks.planted_defects.shop import Shop
from benchmarks.planted_defects.truth import Number

LEAST_KINDS = 25
OPERATIONS = ("conversations", "automation_runs", "time_savings")
"""Streams that only the pack `commerce_ops` knows."""
CENT = Fraction(1, 100)
NO_DEFECT = {"small_sample", "sketched", "estimated"}
"""Remarks that say something else than that the data are odd."""


@dataclass(frozen=True)
class Asked:
    """An answer, and what came of it: `withheld`, `right`, `named` (shown, not right, but a reason says why) or `missed`."""

    kpi: str
    period: str
    rests: bool
    outcome: str
    said: str

    @property
    def line(self) -> str:
        """Say it."""
        return f"{self.kpi} of {self.period} {self.said}"


def asked(shop: Shop, damaged: str) -> Iterator[Asked]:
    """Ask every KPI for every period; `damaged` is the stream of which the delivery is broken.

    An answer that says that its data reach to the delivery before (`as_of`) may say what was true then.
    """
    desk = shop.desk()
    for name, kpi in shop.kpis.items():
        for period, days in {**shop.earlier, **shop.touched}.items():
            rests = period in shop.touched and damaged in kpi.streams
            answer = shop.ask(desk, name, period)
            before = answer.as_of is not None and answer.as_of <= shop.end
            truths = [kpi.work_out(truth, *days) for truth in ([shop.truth, shop.truth_before] if before else [shop.truth])]
            outcome, said = judged(answer, truths, damaged)
            yield Asked(name, period, rests, outcome, said)


def judged(answer: Answer, truths: Sequence[Number], damaged: str) -> tuple[str, str]:
    """Return what came of an answer, and how to say it."""
    reasons = sorted(
        (one for one in answer.reasons if one.code not in NO_DEFECT),
        key=lambda one: not _names(one, damaged),
    )
    if answer.value is None:
        if None in truths:
            return "right", "is rightly nothing"
        return "withheld", f"is withheld, {reasons[0].code}: {reasons[0].sentence}"
    value = Fraction(Decimal(answer.value))
    if any(truth is not None and abs(value - truth) < CENT / 2 for truth in truths):
        return "right", "is right"
    shown = " or ".join("nothing" if truth is None else f"{float(truth):.2f}" for truth in truths)
    if reasons and _names(reasons[0], damaged):
        return "named", f"is {answer.value}, not {shown}, with {reasons[0].code}: {reasons[0].sentence}"
    return "missed", f"is {answer.value}, not {shown}, and nothing is said"


def _names(reason: Reason, damaged: str) -> bool:
    """Return whether the reason speaks of the stream."""
    return damaged in f"{reason.input} {reason.sentence}".replace(" ", "_")


def planted(shops: Callable[[str], Shop], only: str = "") -> tuple[int, list[str]]:
    """Plant the kinds with these words in their name, print what comes of each; return how many were caught, and the missed."""
    print(f"{'':<50}{'':<18}{'resting on it':^28}{'others':^20}")
    print(f"{'defect':<50}{'stream':<18}{'withheld':>9}{'named':>6}{'right':>6}{'MISSED':>7}{'right':>11}{'withheld':>9}")
    caught, missed, others, over = 0, [], Counter[str](), Counter[str]()
    for name, (stream, bend) in {"(none)": ("payments", None), **DEFECTS}.items():
        if only not in name:
            continue
        shop = shops(stream)
        delivery = shop.delivery(stream)
        if bend is not None:
            bend(delivery)
        shop.deliver(delivery)
        answers = list(asked(shop, stream))
        resting = Counter(one.outcome for one in answers if one.rests)
        rest = Counter(one.outcome for one in answers if not one.rests)
        wrong = [one for one in answers if one.outcome == "missed" or (bend is None and one.outcome != "right")]
        numbers = f"{resting['withheld']:>9}{resting['named']:>6}{resting['right']:>6}{len(wrong):>7}"
        print(f"{name:<50}{stream:<18}{numbers}{rest['right']:>11}{rest['withheld']:>9}  {_how(answers, wrong)}", flush=True)
        if wrong:
            missed.append(name)
        elif bend is not None:
            caught += 1
            others += rest
            over.update(one.kpi for one in answers if not one.rests and one.outcome == "withheld")
    total = max(1, others.total())
    print(f"{'kinds of defects caught':<58}{caught:>10} of {caught + len(missed)} (at least {LEAST_KINDS})")
    for name in missed:
        print(f"    not caught: {name}" + (f" ({NOT_CAUGHT[name]})" if name in NOT_CAUGHT else ""))
    print(f"{'answers that do not rest on what is broken':<58}{others.total():>10,}")
    print(f"{'  withheld all the same':<58}{others['withheld']:>10,}  {others['withheld'] / total:.1%}")
    print("".join(f"    {kpi:<54}{count:>10,}\n" for kpi, count in over.most_common(8)), end="")
    return caught, missed


def _shops(folder: Path, scale: float) -> Callable[[str], Shop]:
    """Return what gives the shop in which a stream's defects are planted, opened when it is first asked for."""

    @cache
    def shop(place: str, packs: tuple[str, ...]) -> Shop:
        made = Shop(folder / place / "kept", folder / place / "stage", scale=scale)
        made.open(packs)
        return made

    return lambda stream: shop("operations", ("commerce_ops",)) if stream in OPERATIONS else shop("base", ())


def _how(answers: list[Asked], wrong: list[Asked]) -> str:
    """Say the wrong number that was shown, or else how the defect was caught first."""
    if wrong:
        return " | ".join(one.line for one in wrong[:3])
    found = [one for outcome in ("withheld", "named") for one in answers if one.rests and one.outcome == outcome]
    return found[0].line[:160] if found else "every number is right"


def main(arguments: list[str]) -> None:
    """Measure and print; fail where a defect slips through or too much is withheld falsely."""
    parser = argparse.ArgumentParser(prog="dev.py bench planted_defects", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a shop of some 30 orders a day")
    parser.add_argument("--only", default="", metavar="WORDS", help="only the kinds with these words, and no clean year")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        false = 0.0 if options.only else clean_year(Path(folder) / "year", options.scale)
        caught, missed = planted(_shops(Path(folder), options.scale), options.only)
    if fresh := [name for name in missed if name not in NOT_CAUGHT]:
        sys.exit(f"A wrong number was shown: {'; '.join(fresh)}.")
    if false > MOST_FALSE:
        sys.exit("Too many clean values are withheld.")
    if caught < LEAST_KINDS and not options.only:
        sys.exit("Too few kinds of defects are known.")

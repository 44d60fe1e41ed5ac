"""The desk: where people and programs ask. It answers from the published generation and never writes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.calendar import Grain, Period, Window, containing
from assay.catalog.contract import Question, Section
from assay.clock import Clock
from assay.errors import TransientError, UsageError, suggest
from assay.ledger.periods import GRAINS, series_name
from assay.ledger.recording import PROVISIONAL, quality_of
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.answering import Answerer, check_dimension, effective, find_kpi, period_of, unit_facts
from assay.runtime.answers.charts import Keys, charted, drawn_by, joined, section_of, wholly
from assay.runtime.answers.eras import Eras
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.lock import WorkerLock
from assay.runtime.own.measures import Answering, answered, answered_again, notebook_of
from assay.runtime.publishing.ahead import NextGeneration
from assay.runtime.publishing.generations import Snapshot, nothing_published, read_generation, require_same_calendar
from assay.runtime.publishing.listings import listing_answer
from assay.runtime.socket import ask_worker, request_of
from assay.settings import Project
from assay.state.reader import Published, StateReader
from assay.trust.verdict import Judge
from assay.units import Currencies, Unit
from assay.values.answer import (
    Answer,
    BoardAnswer,
    DataQuality,
    History,
    HistoryPoint,
    LastGood,
    ListingAnswer,
    Point,
    Reason,
    Tile,
    UnitFacts,
)

if TYPE_CHECKING:
    from assay.values.trust import TrustReport

SPARKS: dict[Grain, int] = {"day": 30, "week": 26, "month": 13, "quarter": 8, "year": 5}
"""How many closed periods of its grain a tile shows."""
ROWS_ON_A_BOARD = 20
"""How many rows of a listing a board shows."""
COME_AGAIN = timedelta(seconds=2)
"""How long a tile stands whose comparison the busy worker could not give."""


@dataclass
class _Shared:
    """What the tiles of one board have in common: the generation, the instant at which it is judged, the days behind a KPI."""

    snapshot: Snapshot
    pack: str
    judge: Judge
    measured: Answering
    sparks: dict[tuple[str, Grain, str | None], tuple[Point, ...]] = field(default_factory=dict)


class Desk:
    """Answers questions about one project. Each question is answered from one generation, whatever is published meanwhile."""

    def __init__(self, project: Project, clock: Clock) -> None:
        self.project = project
        self.clock = clock
        self.reader = StateReader(project.state)
        self._pointer = StateReader(project.state)
        self.notebook = notebook_of(project, clock)
        self._reading = threading.Lock()
        self._newest: tuple[int, str, str] | None = None
        self._snapshot: Snapshot | None = None
        self._next = NextGeneration(project)
        self._trust: TrustReport | None = None
        self._coming: TrustReport | None = None
        """The report on the generation that was read ahead."""
        self._currencies: dict[tuple[int, datetime], Currencies] = {}
        """Those of earlier generations that were asked for: a published generation does not change."""

    def published(self) -> tuple[int, str, str] | None:
        """Return the newest generation: number, file, hash. A look at it waits for no other reader."""
        return self._pointer.newest()

    def snapshot(self) -> Snapshot:
        """Return the generation in force; before the first, an empty one with the catalogue of the files."""
        newest = self.published()
        if newest is None:
            from assay.runtime.packs import read_catalog

            result = read_catalog(self.project)
            if result.catalog is None:
                listed = "\n  ".join(str(problem) for problem in result.errors)
                raise UsageError(f"The KPI files have mistakes:\n  {listed}", "Mend them; `assay check` lists them again.")
            return nothing_published(self.project, result.catalog)
        with self._reading:  # whoever asks while a new generation is read waits for it, and does not read it again
            snapshot = self._snapshot
            if snapshot is None or self._newest != newest:
                ready = self._next.take(newest[1], newest[2])
                snapshot = self._snapshot = ready or read_generation(self.project, newest[1], newest[2], snapshot)
                self._newest = newest
        require_same_calendar(self.project, snapshot.generation)
        return snapshot

    def look_ahead(self) -> None:
        """Read the generation that is being published, with the report on it that every board shares."""
        if self._snapshot is not None:
            self._next.look(self._snapshot, self._prepare)

    def _prepare(self, snapshot: Snapshot) -> None:
        self._coming = self.trust(snapshot) if self._trust is not None else None

    def ask(
        self,
        question: Question,
        at: date | datetime | None = None,
        *,
        allow_estimates: bool = False,
        recompute: bool = False,
        pack: str | None = None,
        snapshot: Snapshot | None = None,
    ) -> Answer:
        """Answer one question. Raises `UsageError` for a KPI, period or dimension that does not exist."""
        with answered(self.notebook, self.clock) as measured:
            snapshot = snapshot or self.snapshot()
            return self._ask(question, at, snapshot, measured, allow_estimates=allow_estimates, recompute=recompute, pack=pack)

    def _ask(
        self,
        question: Question,
        at: date | datetime | None,
        snapshot: Snapshot,
        measured: Answering,
        *,
        allow_estimates: bool = False,
        recompute: bool = False,
        pack: str | None = None,
        judge: Judge | None = None,
        keys: Keys | None = None,
    ) -> Answer:
        kpi = find_kpi(question.kpi, snapshot.catalog)
        measured.subject = measured.subject or kpi.name
        if question.by:
            check_dimension(kpi, question.by, snapshot.catalog)
        if not recompute:
            evaluator = self._evaluator(snapshot, at, allow_estimates, judge)
            period, cut = period_of(question, kpi, at, evaluator)
            try:
                return Answerer(evaluator, self._last_good).answer(question, period, cut, pack, keys)
            except NotKeptError:
                pass
        measured.cached = None if recompute else False
        return self._from_warehouse(request_of(question, at, recompute, allow_estimates, pack, keys))

    def again(self, subject: str, started: float) -> None:
        """Take down that a kept answer about a KPI or board was given again; `started` is of the monotonic clock."""
        answered_again(self.notebook, self.clock, subject, started)

    def as_of(self, question: Question, at: date | datetime | None, known: date | datetime) -> Answer:
        """Return the answer as it was published at `known`, or by the end of that shop day: the ledger's value, as it was."""
        if question.by:
            raise UsageError(f"What was published then is kept as a whole, not by {question.by}.", "Ask for all of it.")
        if not isinstance(known, datetime):
            known = self.project.calendar.end_of(known) - timedelta(microseconds=1)
        at_generation = self.reader.generation_at(known)
        snapshot = (
            self.snapshot() if at_generation is None else read_generation(self.project, at_generation[1], at_generation[2])
        )
        kpi = find_kpi(question.kpi, snapshot.catalog)
        moment = known if at is None else at
        evaluator = self._evaluator(snapshot, moment if isinstance(moment, date) else None, allow_estimates=False)
        period, _ = period_of(question, kpi, moment, evaluator)
        row = self.reader.as_of(question.kpi, series_name(period), period.start, period.end, known)
        currency = Eras(snapshot.currencies, self.project.calendar, known).currency(Window(period.start, period.end))
        return self._recorded(Answerer(evaluator, self._last_good), question, period, currency, row)

    def _recorded(self, answerer: Answerer, question: Question, period: Period, currency: str, row: Published | None) -> Answer:
        reason = Reason(
            code="not_published_then",
            sentence="No value of this period had been published at that time.",
            repair="Ask without --as-of, or with --recompute for what the data says now.",
        )
        value = row.value if row else None
        quality = quality_of(row.state) if row else DataQuality.INSUFFICIENT_DATA
        if row is not None and value is None:
            reason = Reason(code="withheld_then", sentence="The number was withheld when this generation was published.")
        return answerer.recorded(
            question.kpi,
            period,
            currency=currency,
            value=value,
            quality=quality,
            provisional=bool(row and row.state >= PROVISIONAL),
            reasons=() if value is not None else (reason,),
            generation=row.generation if row else None,
            published_at=row.published_at if row else None,
        )

    def board(self, name: str, lists: Mapping[str, Any] | None = None) -> BoardAnswer:
        """Return a whole board, every tile from the same generation; its lists are asked with the fields in `lists`."""
        with answered(self.notebook, self.clock) as measured:
            return self._board(name, measured, lists or {})

    def _board(self, name: str, measured: Answering, lists: Mapping[str, Any]) -> BoardAnswer:
        snapshot = self.snapshot()
        boards = snapshot.catalog.boards
        if name not in boards:
            raise UsageError(
                f'There is no board "{name}".{suggest(name, boards)}', f"The boards are: {', '.join(boards) or 'none'}."
            )
        measured.subject = name
        board, pack = boards[name].board, boards[name].pack
        shared = _Shared(snapshot, pack, self._judge(snapshot), measured)
        questions = [question for section in board.sections for question in section.tiles]
        snapshot.read_ahead(name for question in questions for name in (question.kpi, *question.parts))
        sections = tuple(
            section_of(section, self._tiles(section, lists, shared), self.project.file.links) for section in board.sections
        )
        valid = [tile.answer.valid_until for section in sections for tile in section.tiles if tile.answer.valid_until]
        trust = self._known_trust(snapshot)
        valid += [trust.valid_until] if trust.valid_until else []
        generation = snapshot.generation
        return BoardAnswer(
            board=board.board,
            label=board.label,
            description=board.description,
            project=self.project.file.name,
            timezone=self.project.timezone,
            generation=generation.id or None,
            published_at=generation.published_at if generation.id else None,
            now=shared.judge.now,
            valid_until=min(valid, default=None),
            notices=self._notices(snapshot, trust),
            sections=sections,
            listings=tuple(listing_answer(self.project, snapshot, one, ROWS_ON_A_BOARD) for one in board.listings),
        )

    def _tiles(self, section: Section, lists: Mapping[str, Any], shared: _Shared) -> tuple[Tile, ...]:
        asked = [_asked(question, lists) for question in section.tiles]
        if section.shape not in ("table", "scatter"):
            return tuple(self._tile(question, shared=shared) for question in asked)
        return joined(asked, partial(self._tile, shared=shared))

    def _tile(self, question: Question, keys: Keys | None = None, *, shared: _Shared) -> Tile:
        ask = partial(
            self._ask,
            at=None,
            snapshot=shared.snapshot,
            measured=shared.measured,
            pack=shared.pack,
            judge=shared.judge,
        )
        asked = wholly(question)
        try:
            answer = ask(asked, keys=keys)
        except TransientError:
            # A question that only the warehouse can answer, while it is being refreshed: ask it without the comparison.
            answer = ask(asked.model_copy(update={"compare": None}), keys=keys)
            answer = answer.model_copy(update={"valid_until": self.clock.now() + COME_AGAIN})
        spark: tuple[Point, ...] = ()
        grain = drawn_by(question, answer, shared.snapshot.catalog.kpis[question.kpi])
        if question.by is None and answer.generation is not None:
            key = question.kpi, grain, answer.unit.currency
            if key not in shared.sparks:
                shared.sparks[key] = self._spark(*key)
            spark = shared.sparks[key]
        tile = Tile(title=question.label or answer.label, answer=answer, spark=spark)
        return charted(tile, question, grain, ask)

    def _spark(self, name: str, grain: Grain, currency: str | None) -> tuple[Point, ...]:
        """Return the last 30 days, or as many closed periods of the grain as a year has, of one currency."""
        today = self.project.calendar.day_of(self.clock.now())
        last = containing(today, grain).start - timedelta(days=1)
        first = last
        for _ in range(SPARKS[grain]):
            first = containing(first, grain).start - timedelta(days=1)
        rows = self.reader.history(name, grain, first + timedelta(days=1), last)
        return tuple(Point(**_published(row)) for row in rows if self._own_currency(row, currency) is None)

    def listing(self, name: str, limit: int | None = None) -> ListingAnswer:
        """Return the newest rows of a listing."""
        return listing_answer(self.project, self.snapshot(), name, limit)

    def boards(self) -> list[dict[str, str]]:
        """Return the boards: name, label, description."""
        boards = self.snapshot().catalog.boards.values()
        return [{"board": one.board.board, "label": one.board.label, "description": one.board.description} for one in boards]

    def history(self, name: str, grain: Grain, last: int) -> History:
        """Return the newest published values of the last closed periods of a grain, oldest first."""
        snapshot = self.snapshot()
        kpi = find_kpi(name, snapshot.catalog)
        if grain not in GRAINS:
            raise UsageError(f"{grain!r} is not a grain.{suggest(grain, GRAINS)}", f"Use one of: {', '.join(GRAINS)}.")
        today = self.project.calendar.day_of(self.clock.now())
        end = containing(today, grain).start - timedelta(days=1)
        spans = [
            span
            for one in (name, *snapshot.catalog.depends_on(name))
            if (span := self._judge(snapshot).span(snapshot.catalog.kpis[one].contract))
        ]
        end = min([end, *(covered for _, covered in spans)])
        start = containing(end, grain).start
        for _ in range(last - 1):
            start = containing(start - timedelta(days=1), grain).start
        last_day = containing(end, grain).end
        unit = unit_facts(kpi.contract.unit, snapshot.currencies.on(last_day))
        return History(kpi=name, grain=grain, unit=unit, points=self._points(name, grain, start, last_day, unit))

    def restatements(self, name: str | None, last: int) -> list[dict[str, Any]]:
        """Return the newest restatements, of one KPI or of all."""
        if name is not None:
            find_kpi(name, self.snapshot().catalog)
        return self.reader.restatements(name, last)

    def _points(self, name: str, grain: str, first: date, last: date, unit: UnitFacts) -> tuple[HistoryPoint, ...]:
        rows = self.reader.history(name, grain, first, last)
        return tuple(HistoryPoint(**_published(row), currency=self._own_currency(row, unit.currency)) for row in rows)

    def _own_currency(self, row: Published, currency: str | None) -> str | None:
        """Return the currency of money that was published in another one; None for what is in `currency`, or is no money."""
        own = None if currency is None else self.project.currencies.on(row.end)
        return None if own == currency else own

    def _judge(self, snapshot: Snapshot) -> Judge:
        return Judge(snapshot.generation, self.project.calendar, self.clock.now())

    def _evaluator(
        self, snapshot: Snapshot, at: date | datetime | None, allow_estimates: bool, judge: Judge | None = None
    ) -> Evaluator:
        return Evaluator(
            snapshot.catalog,
            snapshot.store,
            judge or self._judge(snapshot),
            currencies=snapshot.currencies,
            at=effective(at, self.project.calendar),
            allow_estimates=allow_estimates,
            plans=snapshot.plans,
        )

    def _from_warehouse(self, request: dict[str, Any]) -> Answer:
        """Ask the worker; where none lives, open the warehouse for the moment."""
        answer = ask_worker(self.project, request)
        if answer is not None:
            return answer
        lock = WorkerLock(self.project.generated)
        if not lock.take():
            raise TransientError(
                "This question needs the warehouse, and a refresh has it open.", "Ask again when the refresh is done."
            )
        with lock:
            from assay.runtime.warehouse_answers import answer_from_warehouse
            from assay.runtime.wiring import open_warehouse

            engine = open_warehouse(self.project)
            try:
                return answer_from_warehouse(self.project, self.clock, engine, request)
            finally:
                engine.close()

    def _last_good(self, name: str, period: Period) -> LastGood | None:
        if period.grain not in GRAINS:
            return None
        snapshot = self.snapshot()
        row = self.reader.last_good(name, period.grain, period.end, snapshot.catalog.kpis[name].definition_hash)
        if row is None or row.value is None or not self._in_same_currency(row, name, period, snapshot):
            return None
        evaluator = self._evaluator(snapshot, None, allow_estimates=False)
        facts = Answerer(evaluator, self._last_good).facts(containing(row.start, period.grain))
        receipt = f"{row.generation}:{name}:{row.period}:{row.start}:{row.end}"
        return LastGood(value=row.value, period=facts, published_at=row.published_at, receipt=receipt)

    def _in_same_currency(self, row: Published, name: str, period: Period, snapshot: Snapshot) -> bool:
        """Return whether an earlier value was published in the currency in which the period is asked."""
        if snapshot.catalog.kpis[name].contract.unit is not Unit.MONEY:
            return True
        asked = Eras(snapshot.currencies, self.project.calendar, self.clock.now()).currency(Window(period.start, period.end))
        return self._currencies_of(row, snapshot).on(row.end) == asked

    def _currencies_of(self, row: Published, snapshot: Snapshot) -> Currencies:
        """Return the currencies under which a value was published; a board asks this of one generation for many tiles."""
        key = row.generation, row.published_at
        if key not in self._currencies:
            found = self.reader.generation_at(row.published_at) if row.generation != snapshot.generation.id else None
            then = snapshot if found is None else read_generation(self.project, found[1], found[2], snapshot)
            self._currencies[key] = then.currencies
        return self._currencies[key]

    def trust(self, snapshot: Snapshot | None = None) -> TrustReport:
        """Return what every number rests on now, and each problem once with everything that it blocks."""
        snapshot = snapshot or self.snapshot()
        from assay.runtime.problems.trust_report import (
            trust_report,  # a single number, asked on the command line, needs none of it
        )

        return trust_report(
            snapshot.generation,
            snapshot.catalog,
            self.project.calendar,
            self.clock.now(),
            project=self.project.file.name,
            currencies=snapshot.currencies,
            numbers=snapshot.store,
            plans=snapshot.plans,
        )

    def _known_trust(self, snapshot: Snapshot) -> TrustReport:
        """Return the report that every board of a generation shares until the clock alone changes something in it."""
        now = self.clock.now()
        for known in (self._trust, self._coming):
            if known and known.generation == snapshot.generation.id and known.now <= now < (known.valid_until or now):
                self._trust = known
                return known
        self._trust = known = self.trust(snapshot)
        return known

    def _notices(self, snapshot: Snapshot, trust: TrustReport) -> tuple[Reason, ...]:
        generation = snapshot.generation
        if generation.id == 0:
            return (
                Reason(
                    code="nothing_published",
                    sentence="Nothing has been loaded yet, so there are no numbers to show.",
                    repair="assay refresh, or assay import FILE --as orders",
                ),
            )
        if (notice := trust.notice()) is not None:
            return (notice,)
        held = [facts.held for facts in generation.models.values() if facts.held]
        reasons = {hold.sentence: hold for hold in held}
        return tuple(
            Reason(code=hold.code, sentence=hold.sentence, since=hold.since, owner=hold.owner, repair="assay refresh")
            for hold in reasons.values()
        )


def _asked(question: Question, lists: Mapping[str, Any]) -> Question:
    return question.model_copy(update=dict(lists)) if question.by is not None and lists else question


def _published(row: Published) -> dict[str, Any]:
    return {
        "start": row.start,
        "end": row.end,
        "value": row.value,
        "state": quality_of(row.state).value,
        "provisional": row.state >= PROVISIONAL,
        "generation": row.generation,
    }

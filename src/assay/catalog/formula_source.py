"""A formula's text: bounded, tokenized and parsed by SQLGlot, with a column for every complaint.

Nothing here knows what a formula means; `assay.catalog.formula` builds the meaning, `assay.catalog.row_sql` allow-lists what
may stand inside an aggregate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assay.errors import UsageError

if TYPE_CHECKING:
    from sqlglot import exp

MAX_LENGTH = 4_000
"""Characters of a formula; the longest sensible one is a tenth of it."""
MAX_NESTING = 40
"""Brackets, or unary operators in a row."""
MAX_DEPTH = 100
"""Levels of the parsed tree, so that every later walk stays far from Python's recursion limit."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_OPEN, _CLOSE = {"L_PAREN", "L_BRACKET", "L_BRACE", "CASE"}, {"R_PAREN", "R_BRACKET", "R_BRACE", "END"}
_UNARY = {"DASH", "PLUS", "NOT", "TILDE"}


class FormulaError(UsageError):
    """A formula or condition is refused; `column` is the 1-based place in its text, where known."""

    def __init__(self, problem: str, remedy: str = "", column: int | None = None) -> None:
        super().__init__(problem, remedy)
        self.column = column


class Source:
    """The text of one formula, its tokens, and where each part of it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._refuse_by_size()
        self.tokens = self._tokenize()
        self._refuse_by_tokens()

    def parse(self) -> exp.Expr:
        """Return SQLGlot's tree of the one expression that the text holds."""
        import sqlglot
        from sqlglot import exp

        try:
            tree: Any = sqlglot.parse_one(self.text, into=exp.Condition, read="duckdb")
        except sqlglot.ParseError as error:
            raise self._syntax_error(error) from None
        except RecursionError:
            raise self._too_deep(None) from None
        except Exception as error:  # noqa: BLE001 - whatever a parser dies of, the text is refused and the caller lives
            raise FormulaError(f"The formula cannot be read ({type(error).__name__}).", "Write one SQL expression.") from None
        if not isinstance(tree, exp.Expr):
            raise FormulaError("The formula is not an expression.", "Write one SQL expression, such as sum(amount).", 1)
        self._refuse_by_depth(tree)
        return tree

    def column_of(self, node: exp.Expr) -> int | None:
        """Return the 1-based column at which the node's first known token stands."""
        own = node.meta.get("start")
        if own is not None:
            return int(own) + 1
        names = {name.lower() for name in getattr(type(node), "_sql_names", None) or [node.key]}
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        before = min(starts, default=len(self.text))
        named = [token.start for token in self.tokens if token.text.lower() in names and token.start <= before]
        if named:
            return int(named[-1]) + 1
        return int(before) + 1 if starts else None

    def word_at(self, column: int | None) -> str | None:
        """Return the word that begins at the column, as it was written."""
        if column is None:
            return None
        word = re.match(r"[A-Za-z_][A-Za-z0-9_]*", self.text[column - 1 :])
        return word.group() if word else None

    def _refuse_by_size(self) -> None:
        if not self.text.strip():
            raise FormulaError("The formula is empty.", "Write one SQL expression, such as sum(amount) or revenue / orders.", 1)
        if len(self.text) > MAX_LENGTH:
            raise FormulaError(
                f"The formula has {len(self.text):,} characters; at most {MAX_LENGTH:,} are read.",
                "Give its parts names: put each into a KPI of its own and compute with those.",
            )
        if control := _CONTROL.search(self.text):
            raise FormulaError(
                f"The formula holds the control character U+{ord(control.group()):04X}.", "Remove it.", control.start() + 1
            )

    def _tokenize(self) -> list[Any]:
        from sqlglot.dialects.dialect import Dialect

        try:
            return list(Dialect.get_or_raise("duckdb").tokenize(self.text))
        except Exception:  # noqa: BLE001 - see parse()
            raise FormulaError("The formula cannot be read.", "Close every quote and every comment that is opened.") from None

    def _refuse_by_tokens(self) -> None:
        depth = unary = 0
        for token in self.tokens:
            kind = token.token_type.name
            if kind == "SEMICOLON":
                raise FormulaError(
                    "A semicolon ends the formula.", "Write one expression and nothing after it.", token.start + 1
                )
            depth += (kind in _OPEN) - (kind in _CLOSE)
            unary = unary + 1 if kind in _UNARY else 0
            if max(depth, unary) > MAX_NESTING:
                raise self._too_deep(token.start + 1)

    def _refuse_by_depth(self, tree: exp.Expr) -> None:
        level, depth = [tree], 0
        while level:
            depth += 1
            if depth > MAX_DEPTH:
                raise self._too_deep(None)
            level = [child for node in level for child in node.iter_expressions()]

    def _too_deep(self, column: int | None) -> FormulaError:
        return FormulaError(
            "The formula is nested too deeply.",
            "Give its parts names: put each into a KPI of its own and compute with those.",
            column,
        )

    def _syntax_error(self, error: Any) -> FormulaError:
        known = (error.errors or [{}])[0]
        found, described = known.get("highlight") or "", known.get("description") or "not an expression"
        column = None
        if known.get("line") and known.get("col"):
            line_start = sum(len(line) + 1 for line in self.text.split("\n")[: known["line"] - 1])
            column = max(line_start + known["col"] - len(found) + 1, 1)
        said = re.sub(r"<class '[\w.]*\.(\w+)'>", r"\1", described)
        near = f' near "{found}"' if found else ""
        return FormulaError(
            f"The formula is not one SQL expression{near}: {said}.",
            "Write one expression, such as sum(amount) filter (where not is_test), with every bracket closed.",
            column,
        )

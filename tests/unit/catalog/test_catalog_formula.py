"""Formulas: what they mean, and that nothing outside the allow-list gets through."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.catalog.expression import Aggregate, Arithmetic, Call, Compare, Interval, KpiRef, Logic, Number, Over, Recurring
from assay.catalog.formula import FormulaError, parse_condition, parse_formula


def number(text: str) -> Number:
    return Number(Decimal(text))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("count(*)", Aggregate("count", None, None, ())),
        ("count(Order_ID)", Aggregate("count", "order_id", None, ("order_id",))),
        ("COUNT(DISTINCT x)", Aggregate("count_distinct", "x", None, ("x",))),
        ("median(x)", Aggregate("quantile", "x", None, ("x",), Decimal("0.5"))),
        ("quantile_cont(x, 0.9)", Aggregate("quantile", "x", None, ("x",), Decimal("0.9"))),
        ("active(due_at, done_at)", Aggregate("active", "due_at", None, ("due_at", "done_at"), None, "done_at")),
        (
            "recurring_entities(x, since, until, 'churn') filter (where paid)",
            Recurring("recurring_entities", "x", "paid", ("x", "since", "until", "paid"), None, "until", "since", "churn"),
        ),
        (
            "sum(amount) filter (where not is_test and (channel = 'it''s'))",
            Aggregate("sum", "amount", "NOT is_test AND (channel = 'it''s')", ("amount", "is_test", "channel")),
        ),
        ("gross / orders", Arithmetic("/", KpiRef("gross"), KpiRef("orders"))),
        ("-gross + -1", Arithmetic("+", Call("neg", (KpiRef("gross"),)), number("-1"))),
        ("nullif(a, 0)", Call("nullif", (KpiRef("a"), number("0")))),
        ("greatest(a, b, 1.50)", Call("greatest", (KpiRef("a"), KpiRef("b"), number("1.50")))),
        ("round(a, 2)", Call("round", (KpiRef("a"), number("2")))),
        ("shift(a, interval 7 days)", Over("shift", "a", Interval(7, "day"))),
        ("shift(a, interval '7' day)", Over("shift", "a", Interval(7, "day"))),
        ("avg_over(a, interval '2 weeks')", Over("avg_over", "a", Interval(2, "week"))),
        ("sum_over(a, interval 1 quarter)", Over("sum_over", "a", Interval(1, "quarter"))),
        ("pct_change(a, interval 1 year)", Over("pct_change", "a", Interval(1, "year"))),
    ],
)
def test_a_formula_means(text: str, meaning: object) -> None:
    assert parse_formula(text) == meaning


@pytest.mark.parametrize(
    "row",
    [
        "case when a in ('x', 'y') then b else 0 end",
        "coalesce(a, 0) * 2 - abs(b)",
        "cast(a / b as decimal(18, 6))",
        "case when a between 1 and 2 or b is not null then 1 end",
        "length(lower(a)) + round(b, 2)",
        "case when d >= date '2026-01-01' and n like 'x%' then 1 else 0 end",
        "nullif(a, 0)",
    ],
)
def test_row_level_sql_on_the_list_is_understood_and_prints_the_same_twice(row: str) -> None:
    first = parse_formula(f"sum({row})")
    assert isinstance(first, Aggregate)
    assert first.argument is not None
    assert parse_formula(f"sum({first.argument})") == first


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            "value < 0.9 * avg_over(a, interval 7 days)",
            Compare("<", KpiRef("value"), Arithmetic("*", number("0.9"), Over("avg_over", "a", Interval(7, "day")))),
        ),
        ("not value > 3", Logic("not", (Compare(">", KpiRef("value"), number("3")),))),
        (
            "value between 1 and 2",
            Logic("and", (Compare(">=", KpiRef("value"), number("1")), Compare("<=", KpiRef("value"), number("2")))),
        ),
        (
            "a = 1 and b <> 2 and c != 3",
            Logic(
                "and",
                (
                    Compare("=", KpiRef("a"), number("1")),
                    Compare("<>", KpiRef("b"), number("2")),
                    Compare("<>", KpiRef("c"), number("3")),
                ),
            ),
        ),
    ],
)
def test_a_condition_means(text: str, meaning: object) -> None:
    assert parse_condition(text) == meaning


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("sum(a);drop table x", 7, "semicolon"),
        ("drop table x", 1, "not one SQL expression"),
        ("select 1", 1, "not one SQL expression"),
        ("(select 1)", None, "subquery"),
        ("sum((select max(a) from b))", None, "subquery"),
        ("sum(a) filter (where exists (select 1))", None, "subquery"),
        ("sum(a) filter (where a in (select b from c))", None, "subquery"),
        ("read_csv('/etc/passwd')", 1, "read_csv"),
        ("sum(read_csv('/etc/passwd'))", 5, "read_csv"),
        ("sum(a) filter (where getenv('HOME') = 'x')", 22, "getenv"),
        ("sum(a) over ()", None, "window"),
        ("sum(sum(a))", 5, "inside an aggregate"),
        ("sum(a) filter (where sum(b) > 1)", 22, "inside an aggregate"),
        ("sum(t.a)", 5, "plain column"),
        ("sum(a) filter (where main.t.a)", 22, "plain column"),
        ("sum(*)", None, "star"),
        ("count(* exclude (a))", 1, "star"),
        ("count(distinct a, b)", 1, "one column"),
        ("sum(distinct a)", 1, "distinct"),
        ("max(a, 2)", 1, "one argument"),
        ("sum(a / b)", None, "inexact"),
        ("sum(a::double)", None, "double"),
        ("now()", 1, "now()"),
        ("sum(a) filter (where b > now())", 26, "now()"),
        ("sum(current_date)", None, "current_date"),
        ("coalesce(a, 0)", 1, "coalesce"),
        ("sun(a)", 1, 'Did you mean "sum"?'),
        ("active(a)", 1, "two columns"),
        ("recurring(a, b, 'end')", 1, "3 came"),
        ("recurring(a, b, c, 'strat')", 20, 'Did you mean "start"?'),
        ("recurring(a, b, c, churn)", 20, 'Did you mean "churn"?'),
        ("quantile_cont(a, 2)", None, "fraction"),
        ("avg_over(a / b, interval 7 days)", 1, "name of a KPI"),
        ("avg_over(a, interval 7 hours)", 1, "interval"),
        ("avg_over(a, interval 0 days)", 1, "interval"),
        ("a > 1", None, "comparison"),
        ("'x'", None, "text"),
        ("a % 2", None, "may not stand"),
        ("$1", None, "may not stand"),
        ("sum(a", 5, "not one SQL expression"),
        ("", 1, "empty"),
        ("a\0b", 2, "control character"),
        ("a" * 4001, None, "4,001 characters"),
        ("(" * 10_000 + "a" + ")" * 10_000, None, "characters"),
        ("(" * 1_000 + "a" + ")" * 1_000, 41, "nested"),
        ("not " * 900 + "a", 161, "nested"),
        ("+".join(["a"] * 1_500), None, "nested"),
        ("case when a then " * 200, None, "nested"),
        ("1e400", None, "digits"),
        ("1" * 31, None, "digits"),
    ],
)
def test_a_formula_is_refused_with_what_came_and_where(text: str, column: int | None, words: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)

    assert words.lower() in refused.value.problem.lower()
    assert refused.value.remedy
    if column is not None:
        assert refused.value.column == column


@pytest.mark.parametrize(
    "text", ["value", "0 < value < 5", "value > sum(x)", "value is null", "true", "1", "value > 1; drop table x"]
)
def test_a_condition_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_condition(text)


PIECES = """
sum count avg ( ) , . ; * + - / < > = <> and or not in is null case when then else end filter where distinct
interval 7 days '7' a b amount shift avg_over active over partition by select from x :: int [ ] { } -> $ ? @ # -- /* */ \\ ' "
between like cast as date exists union with now() read_csv 1e5 || % ^ ~ ! && lambda x: unnest struct map row any all some
"""
WORDS = st.sampled_from(PIECES.split())


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=25).map(" ".join)))
def test_random_text_is_understood_or_refused_and_nothing_else(text: str) -> None:
    for parse in (parse_formula, parse_condition):
        refused = None
        try:
            parse(text)
        except FormulaError as error:
            refused = error
        column = refused.column if refused else None
        assert column is None or 1 <= column <= len(text) + 1

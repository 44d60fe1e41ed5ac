"""How numbers are kept, published and read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from assay.errors import UsageError
from assay.units import Currencies, Unit, currency_exponent, display, published, round_half_even


@pytest.mark.parametrize(
    ("currency", "exponent"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("KRW", 0), ("TND", 3)]
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, exponent: int) -> None:
    assert currency_exponent(currency) == exponent


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "U$D", "12A", "USD\n", "ÄÖÜ", "UDS"])
def test_a_word_that_is_no_currency_code_is_refused(currency: str) -> None:
    with pytest.raises(UsageError, match="not a currency code"):
        currency_exponent(currency)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction(1, 8), 2, "0.12"),
        (Fraction(3, 8), 2, "0.38"),
        (Fraction(-1, 8), 2, "-0.12"),
        (Fraction(5, 2), 0, "2"),
        (Fraction(7, 2), 0, "4"),
        (Fraction(1, 3), 6, "0.333333"),
        (Fraction(2, 3), 6, "0.666667"),
        (Fraction(10**40 + 1, 2), 0, str(10**40 // 2)),
        (Fraction(1, 2 * 10**6), 6, "0.000000"),
        (Fraction(3, 2 * 10**6), 6, "0.000002"),
    ],
)
def test_halves_go_to_the_even_neighbour_and_no_digit_is_lost(value: Fraction, places: int, rounded: str) -> None:
    assert round_half_even(value, places) == Decimal(rounded)


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text"),
    [
        (Fraction(250031563, 100), Unit.MONEY, "USD", "2500315.63"),
        (Fraction(5), Unit.MONEY, "USD", "5.00"),
        (Fraction(5), Unit.MONEY, "JPY", "5"),
        (Fraction(5), Unit.MONEY, "KWD", "5.000"),
        (Fraction(1, 3), Unit.MONEY, "USD", "0.333333"),
        (Fraction(0), Unit.MONEY, "USD", "0.00"),
        (Fraction(69659), Unit.COUNT, "USD", "69659"),
        (Fraction(10**15), Unit.COUNT, "USD", "1000000000000000"),
        (Fraction(-1, 3), Unit.PERCENT, "USD", "-0.333333"),
        (Fraction(25, 2), Unit.PERCENT, "USD", "12.5"),
    ],
)
def test_a_published_value_is_plain_digits_with_at_most_six_places(
    value: Fraction, unit: Unit, currency: str, text: str
) -> None:
    assert str(published(value, unit, currency)) == text


@pytest.mark.parametrize("amount", [2**63, -(2**70), 10**27 + 1, 123_456_789_012_345_678_901_234_567_890])
def test_sums_beyond_int64_are_published_to_the_last_cent(amount: int) -> None:
    text = str(published(Fraction(amount, 100), Unit.MONEY, "USD"))

    assert int(text.replace(".", "")) == amount


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text"),
    [
        ("1234.5", Unit.MONEY, "USD", "$1,234.50"),
        ("-1234.5", Unit.MONEY, "USD", "-$1,234.50"),
        ("0.125", Unit.MONEY, "USD", "$0.12"),
        ("1234.5", Unit.MONEY, "JPY", "¥1,234"),
        ("1235.5", Unit.MONEY, "JPY", "¥1,236"),
        ("1.2345", Unit.MONEY, "KWD", "1.234 KWD"),
        ("-7", Unit.MONEY, "CHF", "-7.00 CHF"),
        ("12.25", Unit.PERCENT, "USD", "12.2 %"),
        ("12345", Unit.COUNT, "USD", "12,345"),
        ("3.20", Unit.DAYS, "USD", "3.2 days"),
        ("10", Unit.HOURS, "USD", "10 hours"),
        ("1000", Unit.NUMBER, "USD", "1,000"),
        ("0.005", Unit.RATIO, "USD", "0"),
    ],
)
def test_a_person_reads_the_value_with_its_unit(value: str, unit: Unit, currency: str, text: str) -> None:
    assert display(Decimal(value), unit, currency) == text


THREE = Currencies(("LTL", "EUR", "USD"), (date(2015, 1, 1), date(2026, 1, 1)), (Fraction("0.29"), Fraction("1.1")))


def test_the_days_of_a_window_are_told_apart_by_their_currency() -> None:
    assert THREE.spans(date(2014, 12, 30), date(2026, 1, 1)) == [
        (date(2014, 12, 30), date(2014, 12, 31)),
        (date(2015, 1, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 1)),
    ]
    assert THREE.spans(date(2015, 1, 1), date(2025, 12, 31)) == [(date(2015, 1, 1), date(2025, 12, 31))]


def test_rates_lead_forward_through_every_change_and_never_back() -> None:
    before, now = date(2014, 1, 1), date(2026, 5, 1)
    assert THREE.factor(before, now) == Fraction("0.319")
    assert THREE.factor(now, before) is None
    unstated = Currencies(THREE.codes, THREE.since, (None, Fraction("1.1")))
    assert (unstated.factor(before, now), unstated.factor(date(2015, 1, 1), now)) == (None, Fraction("1.1"))


def test_a_currency_that_came_back_needs_no_rate() -> None:
    back = Currencies(("USD", "EUR", "USD"), (date(2025, 1, 1), date(2026, 1, 1)), (None, None))
    assert back.factor(date(2024, 12, 31), date(2026, 1, 1)) == 1


def test_another_history_of_currencies_differs_from_the_first_day_that_it_says_otherwise() -> None:
    dollars = Currencies.of("USD")
    later = Currencies(("USD", "EUR"), (date(2026, 1, 1),), (None,))
    rated = Currencies(("USD", "EUR"), (date(2026, 1, 1),), (Fraction("0.9"),))
    assert later.differ_from(dollars) == dollars.differ_from(later) == rated.differ_from(later) == date(2026, 1, 1)
    assert Currencies.of("EUR").differ_from(dollars) == date.min
    assert later.differ_from(later) is None

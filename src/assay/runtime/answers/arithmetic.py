"""The arithmetic of formulas: exact fractions, nothing rounded."""

from __future__ import annotations

from fractions import Fraction


def arithmetic(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    """Return `left operator right` exactly; None for a division by zero."""
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right else None


def call(function: str, numbers: list[Fraction]) -> Fraction | None:
    """Return a scalar function of exact numbers; None for `nullif` of equal ones."""
    match function:
        case "abs":
            return abs(numbers[0])
        case "neg":
            return -numbers[0]
        case "round":
            scale = 10 ** int(numbers[1]) if len(numbers) > 1 else 1
            return Fraction(round(numbers[0] * scale), scale)
        case "least":
            return min(numbers)
        case "greatest":
            return max(numbers)
        case _:
            return None if numbers[0] == numbers[1] else numbers[0]


def compare(operator: str, left: Fraction, right: Fraction) -> bool:
    """Return whether `left operator right` is true."""
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "=":
            return left == right
        case _:
            return left != right

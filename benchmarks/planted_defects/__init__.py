"""How many kinds of defects in what a source delivers are caught, and how many clean values are withheld by mistake."""

from benchmarks.planted_defects.measure import main

__all__ = ["main"]

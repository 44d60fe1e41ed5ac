"""The board, a refresh, a build and a start at 1M, 10M and 100M order lines, each beside its reference from the same run."""

from benchmarks.scale.command import main

__all__ = ["main"]

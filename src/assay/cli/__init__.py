"""The command line."""

from assay.cli.entry import main

__all__ = ["main"]

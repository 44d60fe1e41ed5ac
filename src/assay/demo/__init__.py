"""The demo company: a made-up shop whose sources deliver the same records for the same seed, every time.

It yields what the sources would deliver, as values. Writing them anywhere is not in this room.
"""

from assay.demo.company import PACKS, SHOWN_PACKS, SOURCES
from assay.demo.generator import DemoBatch, DemoCompany, first_day, silent_day

__all__ = ["PACKS", "SHOWN_PACKS", "SOURCES", "DemoBatch", "DemoCompany", "first_day", "silent_day"]

"""What an import has to know of the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from assay.calendar import ShopCalendar, zone
from assay.units import Currencies


@dataclass(frozen=True)
class ImportSettings:
    """The shop's dated time zones (the first holds since ever: None), its dated currencies, and how the file writes dates.

    `date_format` is in the words of strptime, such as `%d/%m/%Y`; None accepts what is unambiguous.
    """

    zones: tuple[tuple[datetime | None, str], ...]
    currencies: Currencies
    date_format: str | None = None
    covers: tuple[date, date] | None = None
    """The shop days, both included, of which the file holds every row; from its first to its last row, if None."""

    shard: str | None = None
    """The part of the stream that the file holds, such as a shop or a location."""
    expected_rows: int | None = None
    """How many rows the source says that the file has."""
    expected_days: tuple[tuple[date, int], ...] = ()
    """The same by shop day."""

    @cached_property
    def calendar(self) -> ShopCalendar:
        """The shop's calendar."""
        return ShopCalendar(tuple(zone(name) for _, name in self.zones), tuple(since for since, _ in self.zones[1:] if since))

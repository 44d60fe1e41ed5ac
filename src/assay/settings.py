"""A project's settings: the file `assay.yml`, and where things lie in the project's folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assay.calendar import ShopCalendar, zone
from assay.errors import UsageError, suggest
from assay.units import Currencies, currency_exponent

PROJECT_FILE = "assay.yml"


class _Setting(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneRow(_Setting):
    """The time zone that holds from an instant on."""

    zone: str = Field(description="An IANA time zone.")
    since: datetime | None = Field(
        default=None, alias="from", description="The instant from which it holds; absent in the first row."
    )


class CurrencyRow(_Setting):
    """The currency that holds from a shop day on."""

    currency: str = Field(description="An ISO 4217 code.")
    since: date | None = Field(
        default=None, alias="from", description="The shop day from which it holds; absent in the first row."
    )
    rate: str | None = Field(
        default=None,
        strict=True,
        pattern=r"^[0-9]{1,9}(\.[0-9]{1,12})?$",
        description="How many units of it one unit of the currency before was worth, as text: `'0.92'`.",
    )


class Warehouse(_Setting):
    """Where the raw tables and models live."""

    engine: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(default="duckdb", description="The engine's name.")


class DemoSource(_Setting):
    """The built-in demo company as a source of records."""

    start: str = Field(description="Its first day.")
    seed: int = Field(default=7, description="Another seed is another company.")
    scale: float = Field(default=1.0, gt=0, le=10000, description="1 is a shop of some 30 orders a day.")
    silent_day: date | None = Field(default=None, description="A day of which the shop delivered nothing.")


class Serve(_Setting):
    """How the board is served."""

    port: int = Field(default=4400, ge=0, le=65535, description="The port on the loopback address; 0 takes a free one.")


class StreamSetting(_Setting):
    """What the project knows of a stream, on top of what its dbt source declares."""

    shards: tuple[str, ...] = Field(default=(), description="Shards that are expected to deliver, whether they have or not.")
    opened: dict[str, date] = Field(default={}, description="The first day of a shard.")
    retired: dict[str, date] = Field(default={}, description="The first day on which a shard delivers no more.")
    repair: str | None = Field(default=None, description="What brings missing or late records, in the project's words.")


class Accepted(_Setting):
    """Days that a check finds odd and that a person has looked at."""

    check: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = Field(description="The check's name: `volume_orders`.")
    first: date = Field(description="The first day that is accepted.")
    last: date | None = Field(default=None, description="The last one; all later days too, if absent.")
    because: str = Field(min_length=3, max_length=500, description="Why the days are right as they are.")


class ProjectFile(_Setting):
    """The contents of `assay.yml`."""

    name: str = Field(default="My shop", max_length=80, description="The project's name, shown on every page.")
    timezone: str | tuple[ZoneRow, ...] = Field(description="The shop's time zone, or dated rows if the shop has moved.")
    currency: str | tuple[CurrencyRow, ...] = Field(
        description="The currency in which money is reported (ISO 4217), or dated rows if the shop has changed it."
    )
    packs: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ...] = Field(default=(), description="The packs in use.")
    warehouse: Warehouse = Field(default=Warehouse(), description="The warehouse.")
    demo: DemoSource | None = Field(default=None, description="Set by `assay demo`: pulls from the built-in demo company.")
    streams: dict[str, StreamSetting] = Field(default={}, description="What the project knows of its streams, by name.")
    accepted: tuple[Accepted, ...] = Field(default=(), description="Odd days that are right as they are.")
    links: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")], str] = Field(
        default={},
        description="Addresses of the shop's own pages to which rows of boards lead, with `{key}` for the row's key.",
    )
    serve: Serve = Field(default=Serve(), description="The server.")

    @field_validator("links")
    @classmethod
    def _safe_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for address in value.values():
            _require_link(address)
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zones(cls, value: Any) -> Any:
        for row in (value,) if isinstance(value, str) else value:
            zone(row if isinstance(row, str) else row.zone)
        if not isinstance(value, str):
            _one_history(value)
        return value

    @field_validator("currency")
    @classmethod
    def _known_currencies(cls, value: Any) -> Any:
        for row in (value,) if isinstance(value, str) else value:
            currency_exponent(row if isinstance(row, str) else row.currency)
        if not isinstance(value, str):
            _one_after_the_other(value)
        return value


def _require_link(address: str) -> None:
    """Raise `ValueError` unless the address leads to one host that the project chose, whatever a row's key is."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = re.fullmatch(r"[!-~]+", address) is not None and not set(address) & set("\"'<>\\^`|")
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))
    if not (plain and safe and host) or "@" in parts.netloc:
        raise ValueError(f"{address!r} is no https:// address of a host (http:// is for this machine alone)")
    behind = f"{parts.path}?{parts.query}#{parts.fragment}"
    if "{key}" not in behind or "{" in address.replace("{key}", "") or "{" in parts.netloc:
        raise ValueError(f"{address!r} needs {{key}} behind its host, where the row's key belongs, and no other braces")


def _one_history(rows: tuple[ZoneRow, ...]) -> None:
    """Raise `ValueError` unless one zone held first, and every other one holds from an instant of its own on."""
    dated = [row.since for row in rows if row.since is not None]
    if len(rows) - len(dated) != 1:
        raise ValueError("exactly one row, the zone that held first, has no `from`")
    if any(since.tzinfo is None for since in dated):
        raise ValueError("a `from` is an instant with an offset, such as 2026-06-10T15:00:00+00:00")
    if len(set(dated)) < len(dated):
        raise ValueError("two rows have the same `from`")


def _one_after_the_other(rows: tuple[CurrencyRow, ...]) -> None:
    """Raise `ValueError` unless the rows say, oldest first, which currency followed which, and from which day on."""
    if not rows or rows[0].since is not None or any(row.since is None for row in rows[1:]):
        raise ValueError("the first row, and no other, has no `from`: its currency held first")
    dated = [row.since for row in rows[1:] if row.since is not None]
    if any(later <= earlier for earlier, later in pairwise(dated)):
        raise ValueError("the rows stand oldest first, each with a `from` of its own")
    if any(before.currency == after.currency for before, after in pairwise(rows)):
        raise ValueError("two rows that follow each other have the same currency")
    if rows[0].rate is not None:
        raise ValueError("the first row has no `rate`: there is no currency before it")
    if any(row.rate is not None and not Fraction(row.rate) for row in rows):
        raise ValueError("a `rate` is more than zero")


@dataclass(frozen=True)
class Project:
    """A project folder: its settings, and the places of what Assay generates in it."""

    folder: Path
    file: ProjectFile

    @property
    def calendar(self) -> ShopCalendar:
        zones = self.file.timezone
        if isinstance(zones, str):
            return ShopCalendar.of(zones)
        rows = sorted(zones, key=lambda row: row.since.timestamp() if row.since else float("-inf"))
        return ShopCalendar(tuple(zone(row.zone) for row in rows), tuple(row.since for row in rows[1:] if row.since))

    @property
    def timezone(self) -> str:
        """The zone in force now, for display."""
        return self.calendar.zones[-1].key

    @cached_property
    def currencies(self) -> Currencies:
        rows = self.file.currency
        if isinstance(rows, str):
            return Currencies.of(rows)
        rates = tuple(None if row.rate is None else Fraction(row.rate) for row in rows[1:])
        return Currencies(tuple(row.currency for row in rows), tuple(row.since for row in rows if row.since), rates)

    @property
    def generated(self) -> Path:
        return self.folder / ".assay"

    @property
    def landing(self) -> Path:
        return self.generated / "landing"

    @property
    def warehouse(self) -> Path:
        return self.generated / "warehouse.duckdb"

    @property
    def state(self) -> Path:
        return self.generated / "state.sqlite"

    @property
    def generations(self) -> Path:
        return self.generated / "generations"

    @property
    def snapshots(self) -> Path:
        return self.generated / "snapshots"

    @property
    def segments(self) -> Path:
        return self.generated / "segments"

    @property
    def socket(self) -> Path:
        return self.generated / "worker.sock"


def find_project(start: Path) -> Project:
    """Return the project of the folder or of the nearest folder above it; a `UsageError` says how to make one."""
    for folder in (start, *start.resolve().parents):
        if (folder / PROJECT_FILE).is_file():
            return open_project(folder.resolve())
    raise UsageError(
        f"There is no Assay project in {start}: no {PROJECT_FILE} here or in a folder above.",
        "Make one with `assay init DIR --packs PACK`, go into its folder, or name it with --project DIR.",
    )


def open_project(folder: Path) -> Project:
    """Read the project's settings; a `UsageError` lists everything that is wrong with them."""
    path = folder / PROJECT_FILE
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "It holds name, timezone, currency and packs as YAML.") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path} holds no settings.", "It needs at least `timezone:` and `currency:`.")
    try:
        return Project(folder, ProjectFile.model_validate(data))
    except ValidationError as error:
        lines = [_sentence(problem) for problem in error.errors()]
        raise UsageError(
            f"{path} is not right:\n  " + "\n  ".join(lines), "Mend these settings; docs/settings.md describes each."
        ) from error
    except UsageError as error:
        raise UsageError(f"{path}: {error.problem}", error.remedy) from error


def _sentence(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no such setting.{suggest(where, ProjectFile.model_fields)}"
    return f"{where}: {re.sub(r'^Value error, ', '', problem['msg'])}"

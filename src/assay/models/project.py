"""The dbt project of an Assay project: written from `assay.yml`, so that bare dbt runs in the same folder.

`assay.yml` decides which packs are in use; the files here are generated and say so. Packs are linked into the folder in
which dbt looks for packages, for `dbt deps` would copy them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from assay.settings import Project
from assay.units import Currencies, currency_exponent

OWN_PACKAGE = "shop"
"""The dbt package of a project's own models."""
_HEAD = "# Written by Assay from assay.yml; `assay upgrade` writes it again.\n"


def write_dbt_project(project: Project, packs: Mapping[str, Path]) -> None:
    """Write `dbt_project.yml`, `packages.yml` and `profiles.yml`, and link the packs in use."""
    folder = project.folder
    settings: dict[str, Any] = {
        "name": OWN_PACKAGE,
        "version": "1.0.0",
        "config-version": 2,
        "profile": "assay",
        "model-paths": ["models"],
        "test-paths": ["tests"],
        "target-path": ".assay/dbt/target",
        "log-path": ".assay/dbt/logs",
        "packages-install-path": ".assay/dbt/packages",
        "clean-targets": [".assay/dbt/target"],
        "models": {name: {"+enabled": True} for name in packs},
        "vars": dbt_vars(project),
    }
    _write(folder / "dbt_project.yml", settings)
    _write(folder / "packages.yml", {"packages": [{"local": str(path)} for path in packs.values()]})
    # dbt must let go of the file: as long as it holds it, a new file under the same name is not seen in this process.
    target = {
        "type": "duckdb",
        "path": str(project.warehouse),
        "threads": 1,
        "settings": {"TimeZone": "UTC", "enable_progress_bar": False},
        "keep_open": False,
    }
    outputs = {"warehouse": target}
    generated = project.generated / "dbt"
    (generated / "packages").mkdir(parents=True, exist_ok=True)
    _write(generated / "profiles.yml", {"assay": {"target": "warehouse", "outputs": outputs}})
    _link(generated / "packages", packs)


def dbt_vars(project: Project) -> dict[str, Any]:
    """Return the variables that the packs' macros read: the shop's dated zones and currencies.

    `assay_currency` is the newest one; only a shop that has changed it has `assay_currencies` as well.
    """
    calendar, currencies = project.calendar, project.currencies
    starts = [None, *(move.isoformat() for move in calendar.since)]
    newest = currencies.codes[-1]
    found: dict[str, Any] = {
        "assay_zones": [{"from": start, "zone": zone.key} for start, zone in zip(starts, calendar.zones, strict=True)],
        "assay_currency": newest,
        "assay_currency_exponent": currency_exponent(newest),
    }
    if currencies.since:
        days = [None, *(day.isoformat() for day in currencies.since)]
        found["assay_currencies"] = [
            {"from": day, "currency": code, "exponent": currency_exponent(code)}
            for day, code in zip(days, currencies.codes, strict=True)
        ]
    return found


def calendar_text(project: Project) -> str:
    """Return the shop's zones, currencies and rates as text, by which a generation says under which it was published."""
    rates = [None if rate is None else str(rate) for rate in project.currencies.rates]
    return json.dumps(dbt_vars(project) | ({"rates": rates} if rates else {}), sort_keys=True)


def calendar_of(text: str) -> tuple[Any, Currencies]:
    """Return the zones and the currencies of a generation's calendar text."""
    facts = json.loads(text)
    rows = facts.get("assay_currencies", [{"from": None, "currency": facts["assay_currency"]}])
    rates = tuple(None if rate is None else Fraction(rate) for rate in facts.get("rates", ()))
    since = tuple(date.fromisoformat(row["from"]) for row in rows[1:])
    return facts["assay_zones"], Currencies(tuple(row["currency"] for row in rows), since, rates)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    text = _HEAD + yaml.safe_dump(dict(content), sort_keys=False)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _link(folder: Path, packs: Mapping[str, Path]) -> None:
    for link in folder.iterdir():
        if link.is_symlink() and (link.name not in packs or link.resolve() != packs[link.name].resolve()):
            link.unlink()
    for name, path in packs.items():
        if not (folder / name).exists():
            (folder / name).symlink_to(path.resolve(), target_is_directory=True)

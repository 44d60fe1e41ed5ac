"""A small shop for tests of the packs: hand-made records in a warehouse of its own, and dbt on top of them."""

from __future__ import annotations

import json
import multiprocessing
import warnings
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import duckdb
import yaml

PACKS = Path(__file__).parents[2] / "packs"
STREAMS = tuple(
    table["name"]
    for path in sorted(PACKS.glob("*/models/sources.yml"))
    for source in yaml.safe_load(path.read_text())["sources"]
    for table in source["tables"]
)
LOS_ANGELES = ({"from": None, "zone": "America/Los_Angeles"},)
_RAW = (
    "source VARCHAR, key VARCHAR, event_at TIMESTAMPTZ, received_at TIMESTAMPTZ, batch VARCHAR, sha256 VARCHAR, payload VARCHAR"
)


@dataclass(frozen=True)
class Run:
    """What one dbt invocation did: the status of each node by its name, and what the nodes said."""

    success: bool
    statuses: dict[str, str]
    messages: dict[str, str]

    def bad(self) -> dict[str, str]:
        """Return the nodes that did not go well, with what they said."""
        good = ("success", "pass")
        return {name: f"{status}: {self.messages[name]}" for name, status in self.statuses.items() if status not in good}


@dataclass
class Shop:
    """A dbt project on the packs in `folder`, with its warehouse."""

    folder: Path
    zones: tuple[dict[str, str | None], ...] = LOS_ANGELES
    currency: str = "USD"
    exponent: int = 2
    models: dict[str, str] = field(default_factory=dict)
    _landed: int = 0
    _waiting: list[tuple[str, str, str, str, str, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._write_project()
        self.execute("create schema raw; " + "; ".join(f"create table raw.{stream} ({_RAW})" for stream in STREAMS))

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def _write_project(self) -> None:
        (self.folder / "models").mkdir(parents=True)
        for name, text in self.models.items():
            (self.folder / "models" / name).write_text(text)
        target = {"type": "duckdb", "path": str(self.warehouse), "schema": "main", "threads": 2, "keep_open": False}
        self._yaml("profiles.yml", {"assay": {"target": "warehouse", "outputs": {"warehouse": target}}})
        self._yaml("packages.yml", {"packages": [{"local": str(PACKS / name)} for name in ("base", "commerce_ops")]})
        project = {"name": "shop", "version": "0.1.0", "config-version": 2, "profile": "assay", "model-paths": ["models"]}
        variables = {
            "assay_zones": list(self.zones),
            "assay_currency": self.currency,
            "assay_currency_exponent": self.exponent,
        }
        self._yaml("dbt_project.yml", {**project, "vars": variables})
        packages = self.folder / "dbt_packages"
        packages.mkdir()
        for name in ("base", "commerce_ops"):
            (packages / name).symlink_to(PACKS / name)

    def _yaml(self, name: str, content: dict[str, Any]) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content))

    def land(
        self,
        stream: str,
        *payloads: dict[str, Any] | str | None,
        key: str = "",
        at: str = "2026-05-31T00:00:00Z",
        received: str = "2026-06-01T00:00:00Z",
    ) -> None:
        """Append records of the instant `at` to a stream, as a source delivers them; None deletes the record `key`."""
        for payload in payloads:
            self._landed += 1
            text = json.dumps(payload) if isinstance(payload, dict) else payload
            self._waiting.append((stream, key or _key(stream, payload), at, received, f"b{self._landed:09}", text))

    def _write_landed(self) -> None:
        waiting, self._waiting = self._waiting, []
        with duckdb.connect(str(self.warehouse)) as connection:
            for stream in {row[0] for row in waiting}:
                rows = [row[1:] for row in waiting if row[0] == stream]
                places = ", ".join(["('test', ?, cast(? as timestamptz), cast(? as timestamptz), ?, '', ?)"] * len(rows))
                connection.execute(f"insert into raw.{stream} values {places}", [value for row in rows for value in row])

    def clear(self) -> None:
        """Forget every record."""
        self.execute("; ".join(f"delete from raw.{stream}" for stream in STREAMS))

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL in the warehouse and return its rows."""
        if self._waiting:
            self._write_landed()
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def dbt(self, *arguments: str) -> Run:
        """Run dbt in this process."""
        from dbt.cli.main import dbtRunner

        if self._waiting:
            self._write_landed()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = dbtRunner().invoke([*arguments, *self._flags()])
        if outcome.exception:
            raise outcome.exception
        results = getattr(outcome.result, "results", [])
        return Run(
            outcome.success,
            {result.node.name: str(result.status) for result in results},
            {result.node.name: result.message or "" for result in results},
        )

    def start_dbt(self, *arguments: str) -> ForkProcess:
        """Start dbt in a copy of this process, which a test may kill."""
        process = multiprocessing.get_context("fork").Process(target=self.dbt, args=arguments)
        process.start()
        return process

    def _flags(self) -> list[str]:
        at = str(self.folder)
        quiet = ["--quiet", "--no-send-anonymous-usage-stats", "--no-use-colors", "--log-level-file", "none", "--no-write-json"]
        return ["--project-dir", at, "--profiles-dir", at, "--target-path", f"{at}/target", "--log-path", f"{at}/logs", *quiet]

    def changed_days(self, model: str, since: int = 0) -> list[tuple[Any, ...]]:
        """Return (day, kind, rows) that the builds after `since` wrote for the model, in order."""
        return self.execute(
            f"""select strftime(day, '%Y-%m-%d'), kind, "rows" from assay.changed_days
                where model = '{model}' and seq > {since} order by day, kind"""
        )

    def last_change(self) -> int:
        """Return the newest `seq` of the change log."""
        return int(self.execute("select coalesce(max(seq), 0) from assay.changed_days")[0][0])


_KEYS = {
    "orders": "order_id",
    "order_lines": "line_id",
    "payments": "payment_id",
    "refunds": "refund_id",
    "refund_lines": "refund_line_id",
    "fulfillments": "fulfillment_id",
    "products": "sku",
    "customers": "customer_id",
}


def _key(stream: str, payload: dict[str, Any] | str | None) -> str:
    if not isinstance(payload, dict):
        raise ValueError("a record without fields needs its key")
    if stream == "inventory_levels":
        return "|".join([payload["sku"], payload["location"], payload["counted_at"][:10]])
    return str(payload[_KEYS[stream]])


def order(order_id: str, ordered_at: str, total: str, **fields: Any) -> dict[str, Any]:
    """Return an order's payload; paid, unless `fields` say otherwise."""
    base = {"customer_id": "c1", "currency": "USD", "financial_status": "paid", "is_test": False, "cancelled_at": None}
    return {"order_id": order_id, "ordered_at": ordered_at, "total": total, "channel": "web", **base, **fields}


def payment(payment_id: str, order_id: str, paid_at: str, amount: str, **fields: Any) -> dict[str, Any]:
    """Return a capture's payload."""
    base = {"customer_id": "c1", "currency": "USD", "kind": "capture", "is_test": False}
    return {"payment_id": payment_id, "order_id": order_id, "paid_at": paid_at, "amount": amount, **base, **fields}


def refund(refund_id: str, order_id: str, refunded_at: str, amount: str, **fields: Any) -> dict[str, Any]:
    """Return a refund's payload."""
    base = {"currency": "USD", "reason": "customer"}
    return {"refund_id": refund_id, "order_id": order_id, "refunded_at": refunded_at, "amount": amount, **base, **fields}


def line(line_id: str, order_id: str, sku: str, quantity: int, amount: str) -> dict[str, Any]:
    """Return an order line's payload."""
    return {
        "line_id": line_id,
        "order_id": order_id,
        "sku": sku,
        "title": sku,
        "quantity": quantity,
        "amount": amount,
        "currency": "USD",
    }

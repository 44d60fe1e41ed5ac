"""Records that differ from an honest one in one field each, and which of them a check finds."""

from __future__ import annotations

from typing import Any

from .shop import Shop


def found_by(shop: Shop, check: str, stream: str, honest: dict[str, Any], faults: dict[str, dict[str, Any]]) -> set[str]:
    """Land the honest record and one a fault (its name is its identity), run the check, and return the names that it finds."""
    shop.clear()
    identity = next(iter(honest))
    for name, changes in {"honest": {}, **faults}.items():
        shop.land(stream, {**honest, identity: name, **changes}, key=name)
    assert shop.dbt("run", "--select", f"stg_{stream}").success
    shop.dbt("test", "--select", check, "--store-failures")
    return {str(row[0]) for row in shop.execute(f"select record_key from main_dbt_test__audit.{check}")}

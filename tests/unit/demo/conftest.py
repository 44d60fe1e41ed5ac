"""One full company and one short one, made once for all tests that only read them."""

from __future__ import annotations

import pytest

from assay.demo import DemoBatch, DemoCompany, first_day, silent_day
from tests.unit.demo.pulls import END, Record, records_by_stream, short_company, telling_company


@pytest.fixture(scope="session")
def company() -> DemoCompany:
    return DemoCompany(first_day(END), END, silent_day=silent_day(first_day(END)))


@pytest.fixture(scope="session")
def batches(company: DemoCompany) -> list[DemoBatch]:
    return list(company.batches())


@pytest.fixture(scope="session")
def delivered(batches: list[DemoBatch]) -> dict[str, list[Record]]:
    return records_by_stream(batches)


@pytest.fixture(scope="session")
def short_records() -> dict[str, list[Record]]:
    return records_by_stream(list(short_company().batches()))


@pytest.fixture(scope="session")
def telling_batches() -> list[DemoBatch]:
    return list(telling_company().batches())


@pytest.fixture(scope="session")
def told(telling_batches: list[DemoBatch]) -> dict[str, list[Record]]:
    return records_by_stream(telling_batches)

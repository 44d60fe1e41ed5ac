"""The seven exposures of the pack `crm`: as the requirement document states them, and what the KPIs on their models say."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.packs.crm import PACK

DOCUMENTED = {
    "weighted_pipeline_scenarios": ("CRM Weighted Pipeline", "Sales Operations", "high"),
    "conversion_funnel": ("CRM Conversion Funnel", "Sales Leadership", "high"),
    "cohort_retention": ("CRM Cohort Retention", "Revenue Operations", "medium"),
    "rep_activity_by_channel": ("Rep Activity Dashboard", "Sales Management", "medium"),
    "ticket_sla_compliance": ("Support SLA Monitoring", "Customer Success", "high"),
    "satisfaction_rollups": ("Customer Satisfaction Analytics", "Customer Success", "high"),
    "health_scores": ("Facility Health Scorecard", "Executive Leadership", "critical"),
}
"""By model: label, owner and criticality."""

EXPOSURES: list[dict[str, Any]] = yaml.safe_load((PACK / "models" / "kpis" / "schema.yml").read_text())["exposures"]
DATA_SETS: dict[str, Any] = yaml.safe_load((PACK / "jobs" / "kpi_refresh_config.yml").read_text())["data_sets"]
KPIS: dict[str, Any] = {
    kpi["kpi"]: kpi for path in sorted((PACK / "kpis").glob("*.yml")) for kpi in yaml.safe_load_all(path.read_text())
}


def test_the_exposures_are_the_seven_documented_ones_with_owner_and_criticality() -> None:
    found = {
        exposure["depends_on"][0].removeprefix("ref('").removesuffix("')"): (
            exposure["label"],
            exposure["owner"]["name"],
            exposure["config"]["meta"]["criticality"],
        )
        for exposure in EXPOSURES
    }
    assert found == DOCUMENTED
    assert all(exposure["maturity"] in ("high", "medium", "low") for exposure in EXPOSURES)
    assert all(exposure["config"]["tags"] == ["kpi"] for exposure in EXPOSURES)


@pytest.mark.parametrize("model", DOCUMENTED)
def test_the_kpis_of_a_model_are_owned_and_as_critical_as_its_exposure(model: str) -> None:
    """The refresh configuration says which KPIs belong to the model."""
    _, owner, criticality = DOCUMENTED[model]
    assert DATA_SETS[model]["criticality"] == criticality
    said = {name: (KPIS[name]["owner"], KPIS[name]["criticality"]) for name in DATA_SETS[model]["kpis"]}
    assert said == dict.fromkeys(said, (owner.lower().replace(" ", "-"), criticality))


def test_every_kpi_on_the_models_of_the_seven_belongs_to_one_of_them() -> None:
    """The others are those of the models that the requirement document calls existing, which no exposure names."""
    named = [kpi for one in DATA_SETS.values() for kpi in one.get("kpis", ())]
    assert len(named) == len(set(named))
    models = {model for one in DATA_SETS.values() for model in one["models"]}
    assert {name for name, kpi in KPIS.items() if kpi.get("model") in models} <= set(named)

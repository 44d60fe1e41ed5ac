"""HTTP as programs meet it: shapes, errors, caching; hostile names are refused or shown as text."""

from __future__ import annotations

import http.client
import os
from urllib.parse import quote

import pytest

from assay.values.answer import Answer, BoardAnswer, Definition, History
from tests.scenarios.server import Server

HOSTILE = (
    "'; drop table ledger; --",
    '" or 1=1 --',
    "gross_revenue'); attach '/etc/passwd' as x; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "../../../../etc/passwd",
    "..%2f..%2fassay.yml",
    "\x00",
    "\u202egnp",
    "💥" * 20,
    "a" * 4000,
    "%s%n%x",
    "read_csv('/etc/passwd')",
)


def test_every_answer_has_its_published_shape(mixed_server: Server) -> None:
    kpis = mixed_server.get("/api/v1/kpis").json["kpis"]
    assert {"total_revenue", "aov", "fulfillment_rate_pct"} <= {kpi["kpi"] for kpi in kpis}
    for kpi in kpis:
        name = kpi["kpi"]
        assert Answer.model_validate(mixed_server.kpi(name, period="2026-02-10").json).kpi == name
        assert Definition.model_validate(mixed_server.get(f"/api/v1/kpis/{name}/definition").json).sql
        assert History.model_validate(mixed_server.get(f"/api/v1/kpis/{name}/history", last=5).json).kpi == name
    for board in mixed_server.get("/api/v1/boards").json["boards"]:
        assert BoardAnswer.model_validate(mixed_server.get(f"/api/v1/boards/{board['board']}").json).sections
    assert mixed_server.get("/healthz").json == {"status": "ok", "generation": 1, "worker": True}
    paths = set(mixed_server.get("/api/v1/openapi.json").json["paths"])
    assert {"/api/v1/kpis", "/api/v1/kpis/{kpi}", "/api/v1/boards/{board}", "/healthz"} <= paths


def test_money_travels_as_decimal_text_and_never_as_a_float(mixed_server: Server) -> None:
    answer = mixed_server.kpi("gross_revenue", period="2026-02-10", compare="same_day_last_week").json
    assert isinstance(answer["value"], str)
    assert isinstance(answer["comparison"]["change"], str)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/kpis/nothing", 404),
        ("/api/v1/kpis/nothing/history", 404),
        ("/api/v1/kpis/nothing/definition", 404),
        ("/api/v1/boards/nowhere", 404),
        ("/api/v1/nowhere", 404),
        ("/nowhere", 404),
        ("/api/v1/kpis/aov?period=fortnight", 400),
        ("/api/v1/kpis/aov?period=2026-02-30", 400),
        ("/api/v1/kpis/aov?at=soon", 400),
        ("/api/v1/kpis/aov?compare=tomorrow", 400),
        ("/api/v1/kpis/aov?top=0", 400),
        ("/api/v1/kpis/aov?top=many", 400),
        ("/api/v1/kpis/aov/history?grain=eon", 400),
        ("/api/v1/kpis/aov/history?last=100000", 400),
    ],
)
def test_every_error_has_one_shape_and_says_what_to_do(mixed_server: Server, path: str, status: int) -> None:
    reply = mixed_server.get(path)
    assert reply.status == status
    assert list(reply.json) == ["error"]
    error = reply.json["error"]
    assert set(error) == {"code", "problem", "remedy"}
    assert error["problem"]
    assert error["remedy"]


def test_a_misspelt_name_is_told_what_was_probably_meant(mixed_server: Server) -> None:
    assert "gross_revenue" in mixed_server.kpi("gros_revenue").json["error"]["problem"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "169.254.169.254", ""])
def test_a_request_for_another_host_is_refused(mixed_server: Server, host: str) -> None:
    assert mixed_server.get("/api/v1/boards/operations", {"Host": host}).status == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_loopback_names_are_answered(mixed_server: Server, host: str) -> None:
    assert mixed_server.get("/healthz", {"Host": f"{host}:{mixed_server.port}"}).status == 200


def test_nothing_can_be_written_over_http(mixed_server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        connection = http.client.HTTPConnection("127.0.0.1", mixed_server.port, timeout=30)
        connection.request(method, "/api/v1/kpis/aov")
        assert connection.getresponse().status == 405
        connection.close()


def test_an_unchanged_board_is_not_sent_again(mixed_server: Server) -> None:
    first = mixed_server.get("/api/v1/boards/operations")
    again = mixed_server.get("/api/v1/boards/operations", {"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert mixed_server.get("/api/v1/boards/operations", {"If-None-Match": '"other"'}).body == first.body


def refused_or_text(status: int, kind: str, body: bytes) -> bool:
    """Return whether a hostile request got an error as JSON, or an answer that no browser runs."""
    harmless = b"root:" not in body and b"currency: USD" not in body and b"Traceback" not in body
    return harmless and (400 <= status < 500 or status == 200) and kind.startswith("application/json")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_any_parameter_is_refused(mixed_server: Server, hostile: str) -> None:
    text = quote(hostile, safe="")
    paths = [
        f"/api/v1/kpis/{text}",
        f"/api/v1/boards/{text}",
        f"/api/v1/kpis/{text}/history",
        f"/api/v1/kpis/{text}/definition",
    ]
    paths += [f"/api/v1/kpis/product_revenue?{name}={text}" for name in ("period", "at", "by", "top", "compare")]
    paths += [f"/api/v1/kpis/aov/history?{name}={text}" for name in ("grain", "last")]
    paths += [f"/api/v1/kpis/aov/definition?{name}={text}" for name in ("period", "at")]
    for path in paths:
        reply = mixed_server.get(path)
        assert 400 <= reply.status < 500, path
        assert refused_or_text(reply.status, reply.headers["content-type"], reply.body), path
    assert mixed_server.kpi("gross_revenue", period="2026-02-10").json["value"] == "435.00"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../../../../etc/passwd",
        "/assets/..%2f..%2f..%2f..%2fapp.py",
        "/assets/%2e%2e/index.html",
        "/assets/..",
        "/assets/.",
        "/assets/%00",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/" + "a" * 5000,
        "/../assay.yml",
    ],
)
def test_no_path_leads_out_of_the_page(mixed_server: Server, path: str) -> None:
    reply = mixed_server.get(path)
    assert 400 <= reply.status < 500
    assert b"root:" not in reply.body
    assert b"import" not in reply.body


def test_answers_tell_the_browser_to_trust_nothing(mixed_server: Server) -> None:
    for path in ("/", "/api/v1/boards", "/api/v1/nowhere"):
        headers = mixed_server.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_server_does_not_share_its_part_of_the_processor_with_its_worker(mixed_server: Server) -> None:
    worker, server = mixed_server.worker(), mixed_server.process.pid
    assert worker is not None
    assert os.getsid(worker) == worker != os.getsid(server)
    assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, server)


def test_the_server_listens_on_the_loopback_alone(mixed_server: Server) -> None:
    port = f"{mixed_server.port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as lines:  # noqa: PTH123
        listening = [line.split()[1] for line in lines if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")]
    assert listening == [f"0100007F:{port}"]

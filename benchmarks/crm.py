"""The pack `crm` by itself: `dbt build` at 2 million leads and 5 million tickets, wall and processor time by model.

    python3 dev.py bench crm

The records are made in SQL by hashes, so the same numbers make the same rows. dbt runs one node after the other, so that the
processor time between two nodes is the node's; DuckDB works on all cores within it. Machines are noisy: the goal is judged by
processor seconds divided by two cores, and beside everything stands a scan of the same tables.
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

PACK = Path(__file__).parents[1] / "packs" / "crm"
GOAL = 60.0
"""Seconds on two cores, at 2 million leads and 5 million tickets."""
CORES = 2
SLOWEST = 16
"""So many nodes are told one by one."""


def main(arguments: list[str]) -> None:
    """Make the records, build, and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench crm", description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--leads", type=int, default=2_000_000)
    parser.add_argument("--tickets", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path, help="keep the pack and its warehouse here (a folder that does not exist yet)")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as temporary:
        folder: Path = options.folder or Path(temporary) / "crm"
        shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("target", "logs", ".user.yml"))
        with contextlib.chdir(folder):
            measure(options.leads, options.tickets)


def measure(leads: int, tickets: int) -> None:
    """Make the records in the pack's own warehouse, scan them, and build on them."""
    warehouse = Path("target/crm.duckdb")
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as connection, spent() as making:
        for name, sql in records(leads, tickets).items():
            connection.execute(f"create table {name} as {sql}")
    with duckdb.connect(str(warehouse)) as connection, spent() as scanning:
        sizes = {name: scanned(connection, name) for name in records(leads, tickets)}
    print(", ".join(f"{size:,} {name}" for name, size in sizes.items()))
    print(f"\n{'':<58}{'wall':>10}{'processor':>12}")
    print(line("made", making))
    print(line("reference: a scan of every cell of these tables", scanning))
    watch = Watch()
    # The records stand in the place of the fixture's seeds; only the service promises are loaded.
    invoke(["seed", "--select", "crm_sla_targets"], Watch())
    with spent() as building:
        invoke(["build", "--threads", "1", "--exclude-resource-type", "seed"], watch)
    print(line("dbt build: models, tests, snapshots", building, scanning))
    by_kind: dict[str, Spent] = {}
    for name, node in watch.nodes.items():
        by_kind.setdefault(name.split(".")[0], Spent()).add(node)
    for kind, total in by_kind.items():
        print(line(f"  {kind.replace('_', ' ')}s", total))
    print(f"\nThe {SLOWEST} nodes that cost most:")
    for name, node in sorted(watch.nodes.items(), key=lambda one: -one[1].processor)[:SLOWEST]:
        print(line("  " + name.split(".")[2], node, scanning))
    reached = building.processor / CORES
    print(f"\nprocessor seconds / {CORES}: {reached:.1f}; goal {GOAL:.0f} s: {'met' if reached <= GOAL else 'MISSED'}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


@dataclass
class Spent:
    """Seconds of the clock and of the processor, on all cores together."""

    wall: float = 0.0
    processor: float = 0.0

    def add(self, other: Spent) -> None:
        """Count another's time as well."""
        self.wall += other.wall
        self.processor += other.processor


def instants() -> tuple[float, float]:
    """Return the clock and this process's processor time, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime


@contextlib.contextmanager
def spent() -> Iterator[Spent]:
    """Measure what happens within."""
    found = Spent()
    wall, processor = instants()
    yield found
    ended = instants()
    found.wall, found.processor = ended[0] - wall, ended[1] - processor


def line(what: str, found: Spent, reference: Spent | None = None) -> str:
    """Return a line of the report, with how many times the reference's processor time it took."""
    text = f"{what:<58}{found.wall:>8.2f} s{found.processor:>10.2f} s"
    return text + (f"{found.processor / reference.processor:>8.1f} × the scan" if reference else "")


@dataclass
class Watch:
    """What each node of dbt cost, from the events that dbt sends."""

    nodes: dict[str, Spent] = field(default_factory=dict)
    begun: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, event: Any) -> None:
        """Note the begin or the end of a node."""
        if event.info.name not in ("NodeStart", "NodeFinished"):
            return
        name = event.data.node_info.unique_id
        if event.info.name == "NodeStart":
            self.begun[name] = instants()
        elif name in self.begun:
            (wall, processor), ended = self.begun.pop(name), instants()
            self.nodes[name] = Spent(ended[0] - wall, ended[1] - processor)


def invoke(arguments: list[str], watch: Watch) -> None:
    """Run dbt in this process; a build that fails is no measurement."""
    outcome = dbtRunner(callbacks=[watch]).invoke([*arguments, "--quiet", "--log-level-file", "none"])
    if not outcome.success:
        raise SystemExit(f"dbt {arguments[0]} failed: {outcome.exception or 'see above'}")


def scanned(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Read every cell of a table, with an aggregate that costs next to nothing, and return how many rows there are."""
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    read = ", ".join(f"sum(strlen({column}))" for column in columns)
    return int(connection.execute(f"select count(*), {read} from {table}").fetchall()[0][0])


# The records ---------------------------------------------------------------------------------------------------------


def chance(salt: int, of: int, what: str = "i") -> str:
    """Return the SQL of a whole number below `of` that `what` and `salt` alone decide."""
    return f"(hash({what}, {salt}) % {of})::bigint"


def text(instant: str) -> str:
    """Return the SQL of an instant as the text that a CRM exports."""
    return f"replace(({instant})::timestamp::varchar, ' ', 'T') || 'Z'"


def drawn(salt: int, shares: dict[str, int]) -> str:
    """Return the SQL of one of these texts, drawn by shares in percent."""
    below, cases = 0, ""
    for value, share in shares.items():
        below += share
        cases += f" when {chance(salt, 100)} < {below} then '{value}'"
    return f"case{cases} end"


PLACES = f"'F' || {chance(1, 40)} as facility_id, 'R' || {chance(1, 40)} || '-' || {chance(2, 10)} as rep_id"
"""40 facilities with ten reps each."""
CHANNEL = f"{drawn(3, {'email': 40, 'phone': 30, 'web': 20, 'referral': 10})} as channel"
BEGIN = "timestamp '2024-01-01'"
TWO_YEARS = 730 * 86400


def later(since: str, salt: int, days: int) -> str:
    """Return the SQL of an instant up to so many days after another."""
    return f"{since} + to_seconds(60 + {chance(salt, days * 86400)})"


def records(leads: int, tickets: int) -> dict[str, str]:
    """Return the SQL of every table, by name, in the order in which they are made."""
    return {
        "leads": leads_sql(leads),
        "opportunities": OPPORTUNITIES,
        "tickets": tickets_sql(tickets),
        "satisfaction": satisfaction_sql(tickets // 5),
        "outreach": outreach_sql(leads),
        "invoices": INVOICES,
        "applications": applications_sql(leads // 10),
    }


def leads_sql(count: int) -> str:
    """Return leads of two years; of those that were lost, half had been qualified and a fifth were opportunities."""
    lost = f"{chance(9, 10)} // 2"
    stages = drawn(4, {"lead": 35, "sql": 15, "opportunity": 10, "won": 15, "lost": 25})
    return f"""
      select 'L' || i as lead_id, facility_id, rep_id, channel, stage, value || '.00' as value, 'USD' as currency,
        {text("created")} as created_at, {text("qualified")} as qualified_at, {text("opened")} as opportunity_at,
        {text("closed")} as closed_at, {text("coalesce(closed, opened, qualified, created)")} as updated_at
      from (
        select *, if(stage in ('won', 'lost'), {later("coalesce(opened, qualified, created)", 8, 40)}, null) as closed
        from (
          select *, if(far >= 2, {later("qualified", 7, 20)}, null) as opened
          from (
            select *, if(far >= 1, {later("created", 6, 14)}, null) as qualified
            from (
              select *,
                case stage when 'lead' then 0 when 'sql' then 1 when 'lost' then 2 - least(2, {lost}) else 2 end as far
              from (
                select i, {PLACES}, {CHANNEL}, {stages} as stage, 1000 + {chance(5, 90000)} as value,
                  {BEGIN} + to_seconds({chance(10, TWO_YEARS)}) as created
                from range({count}) as numbers(i)
              )
            )
          )
        )
      )"""


OPPORTUNITIES = f"""
  select 'O' || lead_id as opportunity_id, lead_id, facility_id, rep_id, channel,
    if(stage in ('won', 'lost'), stage, 'opportunity') as stage, value as amount, currency,
    if({chance(20, 3, "lead_id")} = 0, '0.' || (1 + {chance(21, 9, "lead_id")}), null) as win_probability,
    opportunity_at as opened_at, closed_at, updated_at
  from leads where opportunity_at is not null"""


def tickets_sql(count: int) -> str:
    """Return tickets of two years; one in ten is open, one in twenty waits for its first answer."""
    priorities = drawn(30, {"critical": 5, "high": 15, "medium": 30, "low": 50})
    return f"""
      select 'T' || i as ticket_id, facility_id, rep_id, channel, priority,
        case when resolved is not null then 'closed' when answered is not null then 'pending' else 'open' end as status,
        {text("opened")} as opened_at, {text("answered")} as first_response_at, {text("resolved")} as resolved_at,
        {text("coalesce(resolved, answered, opened)")} as updated_at
      from (
        select *, if(answered is null or {chance(33, 20)} = 0, null, answered + to_seconds({chance(34, 200000)})) as resolved
        from (
          select *, if({chance(31, 20)} = 0, null, opened + to_seconds({chance(32, 30000)})) as answered
          from (
            select i, {PLACES}, {CHANNEL}, {priorities} as priority, {BEGIN} + to_seconds({chance(35, TWO_YEARS)}) as opened
            from range({count}) as numbers(i)
          )
        )
      )"""


def satisfaction_sql(count: int) -> str:
    """Return survey answers of two years, half of them CSAT."""
    return f"""
      select 'S' || i as response_id, facility_id, rep_id, channel, survey_type,
        (if(survey_type = 'csat', 1 + {chance(41, 5)}, {chance(42, 11)}))::varchar as score,
        {text("answered")} as responded_at, {text("answered")} as updated_at
      from (
        select i, {PLACES}, {CHANNEL}, {drawn(40, {"csat": 50, "nps": 50})} as survey_type,
          {BEGIN} + to_seconds({chance(43, TWO_YEARS)}) as answered
        from range({count}) as numbers(i)
      )"""


def outreach_sql(leads: int) -> str:
    """Return a message or call for each lead that there is."""
    return f"""
      select 'A' || i as outreach_id, 'L' || {chance(50, leads)} as lead_id, facility_id, rep_id, channel,
        {text("sent")} as sent_at, {text("answered")} as responded_at, {text("converted")} as converted_at,
        {text("coalesce(converted, answered, sent)")} as updated_at
      from (
        select *, if({chance(53, 4)} = 0, {later("answered", 54, 9)}, null) as converted
        from (
          select *, if({chance(51, 2)} = 0, {later("sent", 52, 5)}, null) as answered
          from (
            select i, {PLACES}, {CHANNEL}, {BEGIN} + to_seconds({chance(55, TWO_YEARS)}) as sent
            from range({leads}) as numbers(i)
          )
        )
      )"""


CLOSED = "left(closed_at, 19)::timestamp"
PAID = f"{CLOSED} + to_seconds({chance(61, 4000000, 'lead_id')})"
INVOICES = f"""
  select 'I' || lead_id as invoice_id, opportunity_id, facility_id, rep_id, amount, currency, closed_at as issued_at,
    {text(f"{CLOSED} + interval '30 days'")} as due_at,
    if({chance(60, 5, "lead_id")} = 0, null, {text(PAID)}) as paid_at,
    closed_at as updated_at
  from opportunities where stage = 'won'"""


def applications_sql(count: int) -> str:
    """Return applications of two years; a fifth is not reviewed yet."""
    return f"""
      select 'P' || i as application_id, facility_id, rep_id, status, {text("submitted")} as submitted_at,
        {text("reviewed")} as reviewed_at, {text("coalesce(reviewed, submitted)")} as updated_at
      from (
        select *, if(status = 'submitted', null, {later("submitted", 71, 20)}) as reviewed
        from (
          select i, {PLACES}, {drawn(70, {"submitted": 20, "approved": 60, "rejected": 20})} as status,
            {BEGIN} + to_seconds({chance(72, TWO_YEARS)}) as submitted
          from range({count}) as numbers(i)
        )
      )"""

"""A process that is killed at any moment leaves whole batches and whole loads, or nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from assay.sources.landing import LandingZone
from assay.sources.raw import load_raw
from tests.unit.sources.support import ROOT

KILLS = 5
WORK = """
import sys
from datetime import timedelta
from pathlib import Path
import duckdb
from assay.sources.landing import Draft, LandingZone
from assay.sources.raw import load_raw
from tests.unit.sources.support import NOW, table

folder = Path(sys.argv[1])
zone, connection = LandingZone(folder / "landing"), duckdb.connect(str(folder / "w.duckdb"))
start = len(zone.batches()) // 2
table(("warm", "{}"), at=NOW)  # what the first table loads takes its time: that is not to be killed alone
print("ready", flush=True)
for number in range(start, start + 10_000):
    at = NOW + timedelta(seconds=number)
    rows = table(*((f"{number}-{row}", "{}") for row in range(2000)), at=at)
    zone.write_all([Draft("shop", stream, rows, at, None, at) for stream in ("orders", "payments")])
    print(number, flush=True)
    load_raw(connection, zone, zone.batches())
"""


def test_kill_9_in_the_middle_of_writing_and_loading(tmp_path: Path) -> None:
    chance = random.Random(5)
    acknowledged = -1
    for _ in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        )
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.1, 0.8))
        worker.send_signal(signal.SIGKILL)
        lines = worker.communicate()[0].split()
        acknowledged = int(lines[-1]) if lines else acknowledged

        zone = LandingZone(tmp_path / "landing")
        entries = zone.batches()
        by_stream = {
            stream: {entry.received_at for entry in entries if entry.stream == stream} for stream in ("orders", "payments")
        }
        assert by_stream["orders"] == by_stream["payments"]
        assert len(by_stream["orders"]) >= acknowledged + 1
        assert (zone.damaged(), zone.unknown()) == ([], [])
        for entry in entries:
            zone.verify(entry)
        with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
            load_raw(connection, zone, entries)
            for stream in ("orders", "payments"):
                found = connection.execute(f"select count(*), count(distinct key) from raw.{stream}").fetchone()
                assert found == (2000 * len(by_stream[stream]),) * 2
    assert acknowledged > 0

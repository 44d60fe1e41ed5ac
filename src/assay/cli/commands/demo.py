"""`assay demo`: the demo company, ready to look at."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import the_clock
from assay.cli.output import print_board
from assay.cli.progress import watching


@click.command(short_help="Show a made-up shop with two years of orders.")
@click.option("--once", is_flag=True, help="Do the work, print the board as a table, and exit.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port on the loopback address; 0 takes a free one.")
@click.option("--packs", help="What to show: some of commerce_ops, campaigns, startup, growth, separated by commas.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo's project lives: demo-shop, or with other packs demo- and their names.",
)
@click.option("--scale", type=float, default=1.0, show_default=True, help="1 is a shop of some 30 orders a day.")
def command(once: bool, port: int | None, packs: str | None, folder: Path | None, scale: float) -> None:
    """Make a shop with two years of orders, prove its numbers, and show its board.

    The demo company is a made-up hot-rod-parts shop. It goes on selling: every refresh brings what happened since.
    With --packs it shows its visits, campaigns, members and books as well, which takes about twice as long:

    \b
    assay demo --packs campaigns,startup,growth
    """
    from assay.runtime.demo_project import demo_folder, demo_packs, demo_project
    from assay.runtime.desk import Desk
    from assay.runtime.jobs import run_job
    from assay.runtime.publishing.generations import read_newest

    clock = the_clock()
    chosen = demo_packs(packs)
    project = demo_project(folder or demo_folder(chosen), clock, scale, chosen)
    if once or read_newest(project) is None:
        with watching() as watch:
            run_job(project, clock, "refresh", {}, watch)
    desk = Desk(project, clock)
    if once:
        for board in desk.boards():
            print_board(desk.board(board["board"]))
        return
    from assay.cli.commands.serve import become_server

    become_server(project, port)

"""`assay board`: a whole board in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_board, print_json


@click.command(short_help="Show a whole board in the terminal.")
@click.argument("board", required=False)
@format_option("table", "json")
@project_option
def command(board: str | None, output: str, folder: Path | None) -> None:
    """Show the board BOARD, every number from one generation; without a name, the first one."""
    from assay.errors import UsageError
    from assay.runtime.desk import Desk

    desk = Desk(the_project(folder), the_clock())
    if board is None:
        boards = desk.boards()
        if not boards:
            raise UsageError("This project has no boards.", "Add one in boards/, or a pack to assay.yml: `assay init --help`.")
        board = boards[0]["board"]
    answer = desk.board(board)
    if output == "json":
        print_json(answer)
    else:
        print_board(answer)

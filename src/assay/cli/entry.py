"""The command `assay`: finds its commands as files in `commands/`, and loads only the one that is run."""

from __future__ import annotations

import gc
import importlib
import sys
from pathlib import Path
from typing import Any

import click

from assay import __version__
from assay.errors import AssayError, suggest
from assay.runtime.lean import hide_pandas
from assay.telemetry import log_to_stderr

_FOLDER = Path(__file__).parent / "commands"
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A command makes some hundred thousand objects that live to its end; at Python's 700 it looks through them again and again."""


class Commands(click.Group):
    """The commands in the folder, each `command` of a module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        del ctx
        return sorted(path.stem for path in _FOLDER.glob("*.py") if path.stem != "__init__")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"assay.cli.commands.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command was probably meant."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            hint = suggest(args[0], self.list_commands(ctx))
            ctx.fail(f'There is no command "{args[0]}".{hint} `assay --help` lists them.')
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="assay")
@click.option("--verbose", is_flag=True, help="Write Assay's log to standard error.")
def cli(verbose: bool) -> None:
    """KPIs as code that never show a wrong number.

    Start with `assay demo`, or with `assay init DIR` for a project of your own. Commands run in a project's folder, or
    with --project DIR.

    Exit status: 0 a value or done, 3 the number is withheld, 2 wrong use, 1 failure.
    """
    log_to_stderr(verbose)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error that a person can mend is said without a traceback."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    hide_pandas()
    try:
        status: Any = cli.main(args=arguments, prog_name="assay", standalone_mode=False)
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except click.Abort:
        sys.stderr.write("Stopped.\n")
        status = 130
    except BrokenPipeError:
        status = 0
    except AssayError as error:
        sys.stderr.write(f"{error.problem}\n")
        if error.remedy:
            sys.stderr.write(f"→ {error.remedy}\n")
        status = error.exit_status
    gc.freeze()  # what is left goes with the process; to look for cycles in it would take a tenth of a second
    sys.exit(status if isinstance(status, int) else 0)

"""`assay init`: a new project."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Make a project in a new folder.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--packs", default="", help="The packs to use, separated by commas; that of a shop otherwise.")
@click.option("--timezone", default="UTC", show_default=True, help="The shop's IANA time zone: a day is the shop's local day.")
@click.option("--currency", default="USD", show_default=True, help="The currency in which money is reported.")
@click.option("--name", help="The project's name, shown on every page; the folder's name otherwise.")
def command(folder: Path, packs: str, timezone: str, currency: str, name: str | None) -> None:
    """Make a project in the new folder FOLDER.

    \b
    assay init my-shop --timezone America/Los_Angeles --currency USD
    """
    from assay.runtime.setup import init, of_a_shop, ready_made

    chosen = [pack.strip() for pack in packs.split(",") if pack.strip()] or of_a_shop()
    project = init(
        folder, {"name": name or folder.absolute().name, "timezone": timezone, "currency": currency, "packs": chosen}
    )
    others = [pack for pack in ready_made() if pack not in chosen]
    more = f" There are also: {', '.join(others)} (`packs` in assay.yml)." if others else ""
    click.echo(f"Made {project.folder} with the pack{'s' if len(chosen) > 1 else ''} {', '.join(chosen)}.{more}")
    click.echo(
        f"Next: cd {folder}, then `assay import FILE --as KIND` with your records (orders, subscriptions, leads …), "
        "and `assay serve`."
    )

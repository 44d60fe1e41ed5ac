"""Every command in the documents exists, and every command that exists is documented."""

from __future__ import annotations

import argparse

import click
import pytest

import dev
from tests.docs.commands import complaint, invocations, options_of
from tests.docs.documents import document, documents

SHELL = ("bash", "sh", "console", "shell")


@pytest.fixture(scope="module")
def program() -> click.Group:
    try:
        from assay.cli.entry import cli  # imported here so that the other tests of this folder run without it
    except ImportError as error:
        pytest.fail(f"assay.cli.entry.cli is missing, so no command of the documents can be checked: {error}")
    assert isinstance(cli, click.Group)
    return cli


@pytest.fixture(scope="module")
def commands(program: click.Group) -> dict[str, click.Command]:
    context = click.Context(program)
    found = {name: program.get_command(context, name) for name in program.list_commands(context)}
    assert None not in found.values()
    assert found
    return {name: command for name, command in found.items() if command is not None and not command.hidden}


def test_every_shown_command_exists_with_its_options(program: click.Group) -> None:
    wrong = [
        f"{doc.path}: assay {' '.join(arguments)}: {problem}"
        for doc in documents()
        for block in doc.blocks(*SHELL)
        for arguments in invocations(block, ("assay",))
        if (problem := complaint(program, arguments))
    ]
    assert wrong == []


def test_every_command_and_option_is_described(commands: dict[str, click.Command]) -> None:
    sections = {title.strip("`"): text for title, text in document("docs/cli.md").sections().items()}
    missing = [f"no section `assay {name}`" for name in commands if f"assay {name}" not in sections]
    missing += [
        f"assay {name}: {max(option.opts, key=len)}"
        for name, command in commands.items()
        for option in set(options_of(command, click.Context(command)).values())
        if "--help" not in option.opts and max(option.opts, key=len) not in sections.get(f"assay {name}", "")
    ]
    assert sorted(missing) == []


def test_every_shown_development_command_exists() -> None:
    groups = [action for action in dev.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    known = set(groups[0].choices)
    shown = {
        arguments[0]
        for doc in documents()
        for block in doc.blocks(*SHELL)
        for arguments in invocations(block, ("python3", "dev.py"))
    }
    assert shown <= known
    assert {"demo", "test", "check"} <= shown, "the README shows how to start"


@click.group()
@click.option("--project")
def toy(project: str) -> None: ...


@toy.command()
@click.argument("kpi")
@click.option("--format", type=click.Choice(["table", "json"]))
@click.option("--recompute", is_flag=True)
def get(kpi: str, format: str, recompute: bool) -> None: ...  # noqa: A002 - named as the option is


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("assay get aov --format json --recompute", ""),
        ("assay --project shop get aov --format=json | head", ""),
        ("assay --help", ""),
        ("assay fetch aov", "there is no command `fetch`"),
        ("cd shop && assay get aov --recalculate", "`get` has no option --recalculate"),
        (".venv/bin/assay get aov --format yaml", "--format does not take 'yaml': table, json"),
        ("TZ=UTC assay get aov \\\n  --nope  # a comment", "`get` has no option --nope"),
    ],
)
def test_a_wrong_command_is_found(line: str, problem: str) -> None:
    assert [complaint(toy, arguments) for arguments in invocations(line, ("assay",))] == [problem]


def test_lines_that_are_no_commands_are_left_alone() -> None:
    assert list(invocations("# assay fetch\necho assay fetch\nls", ("assay",))) == []

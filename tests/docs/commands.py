"""Reads the commands that the documents show, and compares them with the command line that there is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click

SEPARATORS = {"|", "||", "&&", ";", "&", ">", ">>", "2>", "<"}


def invocations(block: str, program: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the arguments of each call of the program in a shell block: continued lines joined, comments left out."""
    for line in block.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line.strip().removeprefix("$ "), posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        yield from _calls(list(lexer), program)


def _calls(words: list[str], program: tuple[str, ...]) -> Iterator[list[str]]:
    call: list[str] = []
    for word in [*words, ";"]:
        if word in SEPARATORS:
            plain = _without_environment(call)
            if tuple(plain[: len(program)]) == program or (plain and program == (plain[0].rpartition("/")[2],)):
                yield plain[len(program) :]
            call = []
        else:
            call.append(word)


def _without_environment(call: list[str]) -> list[str]:
    while call and "=" in call[0] and call[0].partition("=")[0].isidentifier():
        call = call[1:]
    return call


def complaint(main: click.Group, arguments: list[str]) -> str:
    """Return what is wrong with a shown call of the program (an unknown command, option or choice), or an empty string."""
    context = click.Context(main)
    known = options_of(main, context)
    command: click.Command = main
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if not word.startswith("-"):
            if isinstance(command, click.Group) and command is main and not _is_value(word, arguments, known):
                found = main.get_command(context, word)
                if found is None:
                    return f"there is no command `{word}`"
                command, known = found, {**known, **options_of(found, click.Context(found))}
            continue
        name, _, value = word.partition("=")
        if name == "--help":
            continue
        if name not in known:
            return f"`{command.name}` has no option {name}"
        kind = known[name].type
        if isinstance(kind, click.Choice) and (value or following) not in kind.choices:
            return f"{name} does not take {value or following!r}: {', '.join(map(str, kind.choices))}"
    return ""


def _is_value(word: str, arguments: list[str], known: dict[str, click.Option]) -> bool:
    before = arguments[arguments.index(word) - 1] if arguments.index(word) else ""
    return before in known and not known[before].is_flag


def options_of(command: click.Command, context: click.Context) -> dict[str, click.Option]:
    """Return the command's options by each of their spellings."""
    return {
        spelling: option
        for option in command.get_params(context)
        if isinstance(option, click.Option) and not option.hidden
        for spelling in (*option.opts, *option.secondary_opts)
    }

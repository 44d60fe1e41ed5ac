"""`python3 dev.py bench [NAME] [options]`: each benchmark is a file of this folder with a `main(arguments)`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

FIRST = "board"
"""The one that runs when none is named."""


def names() -> list[str]:
    """Return the benchmarks that there are."""
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]


def main(arguments: list[str]) -> None:
    """Run the benchmark that the first argument names; the others are for it."""
    if arguments[:1] in (["--help"], ["-h"]):
        print(__doc__)
        for name in names():
            said = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").splitlines()[0]
            print(f"  {name:<18}{said}")
        print("\n`python3 dev.py bench NAME --help` shows its options.")
        return
    named = bool(arguments) and not arguments[0].startswith("-")
    name, rest = (arguments[0], arguments[1:]) if named else (FIRST, arguments)
    if name not in names():
        sys.exit(f"There is no benchmark {name!r}. There are: {', '.join(names())}.")
    importlib.import_module(f"benchmarks.{name}").main(rest)


if __name__ == "__main__":
    main(sys.argv[1:])

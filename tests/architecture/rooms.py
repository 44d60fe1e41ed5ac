"""The rooms of `src/assay` as data, and the rules about who may import whom.

Imports go down only: a module imports its own room and rooms of lower levels, never a room above or beside it. The
surfaces on top go through `runtime` and may otherwise use the words of the levels 0 and 1.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tests.architecture.source import Module, Package

LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors", "clock", "calendar", "settings", "units", "telemetry"),
    ("catalog", "values"),
    ("planner", "lineage"),
    ("engines", "state"),
    ("sources", "models", "rollups", "trust", "ledger", "alerts", "access", "forecast", "demo"),
    ("runtime",),
    ("api", "cli", "mcp"),
    ("__main__",),
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
SURFACES = frozenset({"api", "cli", "mcp"})
OPEN_TO_SURFACES = frozenset(LEVELS[0] + LEVELS[1] + ("runtime",))
DISCOVERED = frozenset({"engines"})
"""Rooms whose folders are implementations that are found by discovery: outside its folder nothing names one."""


def unplaced(package: Package) -> list[str]:
    """Return the modules that belong to no room of the table."""
    return [
        f"{module.path}: no room of the table"
        for module in package.modules.values()
        if module.room and module.room not in LEVEL
    ]


def forbidden_imports(package: Package) -> list[str]:
    """Return the imports that go up or sideways, or past `runtime`."""
    found = []
    for module in package.modules.values():
        for line, target in package.imports(module):
            reason = _forbidden(module, package.modules.get(target), target)
            if reason:
                found.append(f"{module.path}:{line}: {module.name} imports {target}: {reason}")
    return found


def _forbidden(module: Module, target: Module | None, name: str) -> str:
    if target is None or not target.room:
        return ""  # the package itself: its version
    ours, theirs = module.room, target.room
    if not ours:
        return "the package itself imports nothing"
    if ours == theirs:
        return _foreign_implementation(module, target)
    if ours not in LEVEL or theirs not in LEVEL:
        return ""  # reported by `unplaced`
    if LEVEL[ours] < LEVEL[theirs]:
        return f"`{theirs}` is above `{ours}`"
    if LEVEL[ours] == LEVEL[theirs] and LEVEL[ours] > 0:
        return f"`{theirs}` stands beside `{ours}`"
    if ours in SURFACES and theirs not in OPEN_TO_SURFACES:
        return f"`{ours}` goes through `runtime`"
    return _foreign_implementation(module, target)


def _foreign_implementation(module: Module, target: Module) -> str:
    parts = target.name.split(".")
    if target.room not in DISCOVERED or len(parts) < 3 or not (len(parts) > 3 or target.is_package):
        return ""
    folder = ".".join(parts[:3])
    inside = module.name == folder or module.name.startswith(f"{folder}.")
    return "" if inside else f"`{folder}` is found by discovery, nothing outside it names it"


def foundations_that_lean(package: Package) -> list[str]:
    """Return what `errors` imports of ours: everything else rests on it."""
    return [
        f"{module.path}:{line}: errors imports {target}"
        for module in _room(package, "errors")
        for line, target in package.imports(module)
    ]


def _room(package: Package, name: str) -> list[Module]:
    return [module for module in package.modules.values() if module.room == name]


def cycle(package: Package) -> list[str]:
    """Return one cycle between modules, first module repeated at the end, or an empty list."""
    graph = {
        name: {target for _, target in package.imports(module) if target != name} for name, module in package.modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []

"""Which streams a model rests on, and which models a check speaks of, from dbt's graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Lineage:
    """The parents of every dbt node, by unique id."""

    parents: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for key, above in self.parents.items():
            for parent in above:
                children.setdefault(parent, []).append(key)
        return children

    def models(self) -> dict[str, str]:
        """Return the unique id of every model, by name."""
        return {self.names[key]: key for key in self.parents if key.startswith("model.")}

    def streams_of(self, node: str) -> tuple[str, ...]:
        """Return the streams (tables of the source `raw`) under the node, through any number of models."""
        return tuple(sorted({self.names[key] for key in self._closure(node, self.parents) if key.startswith("source.")}))

    def models_of(self, node: str) -> tuple[str, ...]:
        """Return the models from which the node is made, itself among them if it is one."""
        return tuple(sorted({self.names[key] for key in self._closure(node, self.parents) if key.startswith("model.")}))

    def downstream_models(self, nodes: tuple[str, ...]) -> frozenset[str]:
        """Return the names of the models among the nodes and everything that is built from them."""
        reached = {key for node in nodes for key in self._closure(node, self._children)}
        return frozenset(self.names[key] for key in reached if key.startswith("model."))

    def _closure(self, node: str, edges: Mapping[str, Any]) -> set[str]:
        found = {node}
        waiting = [node]
        while waiting:
            for other in edges.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

"""Write `src/api/types.ts` from the answer's models: `python web/generate_types.py` (a test fails when it is out of date)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from assay.values.answer import BoardAnswer, Definition, History
from assay.values.entries import Entry, EntryKind, Recorded
from assay.values.forecast import ForecastAnswer
from assay.values.trust import TrustReport

TARGET = Path(__file__).parent / "src" / "api" / "types.ts"
HEAD = "// Made by web/generate_types.py from assay.values; edit the models, not this file.\n"


def literal(value: object) -> str:
    """Return a JSON constant as a TypeScript literal."""
    return f"'{value}'" if isinstance(value, str) else str(value)


def union(schemas: list[dict[str, Any]]) -> str:
    """Return the alternatives, each once, in their order."""
    return " | ".join(dict.fromkeys(spell(one) for one in schemas))


def spell(schema: dict[str, Any]) -> str:
    """Return the TypeScript type of one JSON Schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return union(schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(literal(value) for value in schema.get("enum") or [schema["const"]])
    if schema.get("type") == "array":
        inner = spell(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"Record<string, {spell(inner) if isinstance(inner, dict) else 'unknown'}>"
    return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}.get(
        schema.get("type", ""), "unknown"
    )


def comment(text: str | None, indent: str) -> str:
    """Return the first paragraph as a comment line, or nothing."""
    return f"{indent}/** {' '.join(text.split(chr(10) * 2)[0].split())} */\n" if text else ""


def declare(name: str, schema: dict[str, Any]) -> str:
    """Return one exported type."""
    head = comment(schema.get("description"), "")
    if "properties" not in schema:
        return f"{head}export type {name} = {spell(schema)}\n"
    fields = (
        f"{comment(field.get('description'), '  ')}  {key}: {spell(field)}\n" for key, field in schema["properties"].items()
    )
    return f"{head}export interface {name} {{\n{''.join(fields)}}}\n"


def render() -> str:
    """Return the whole file: every type that the HTTP answers use, by name."""
    models = (BoardAnswer, Definition, History, TrustReport, Entry, EntryKind, Recorded, ForecastAnswer)
    _, schema = models_json_schema([(model, "serialization") for model in models])
    return HEAD + "".join("\n" + declare(name, schema["$defs"][name]) for name in sorted(schema["$defs"]))


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

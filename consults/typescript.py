"""Writes the events' TypeScript types: `python -m consults.typescript`. A test keeps file and models equal."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from consults.all_events import EVENTS
from consults.events import HiddenEvent

FILE = Path(__file__).parent.parent / "viewer_js" / "src" / "consult" / "event_types.ts"
LINE = 110
HEAD = """/** Made from consults/events.py by `python -m consults.typescript`; not to be changed by hand. */

import type { Annotation, View } from "./wire";
"""
PLAIN: dict[Any, str] = {
    NoneType: "null",
    bool: "boolean",
    datetime: "string",
    float: "number",
    int: "number",
    str: "string",
}


class _Writer:
    """Collects every named type that the events need."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}

    def type_of(self, hint: Any) -> str:
        origin, parts = get_origin(hint), get_args(hint)
        if hint in PLAIN:
            return PLAIN[hint]
        if origin is Annotated:
            given = next((mark for mark in parts[1:] if isinstance(mark, str)), None)
            return given or self.type_of(parts[0])
        if origin is Literal:
            return " | ".join(f'"{value}"' for value in parts)
        if origin in {Union, UnionType}:
            return " | ".join(sorted((self.type_of(part) for part in parts), key=lambda text: text == "null"))
        if origin is list:
            return f"readonly {self.type_of(parts[0])}[]"
        return self._name(hint)

    def _name(self, cls: type[Any]) -> str:
        if issubclass(cls, StrEnum):
            self.named[cls.__name__] = _union(cls.__name__, [f'"{value}"' for value in sorted(cls)])
        elif issubclass(cls, BaseModel):
            self.named.setdefault(cls.__name__, "")
            self.named[cls.__name__] = self._interface(cls)
        else:
            raise TypeError(f"no TypeScript for {cls}")
        return cls.__name__

    def _interface(self, model: type[BaseModel]) -> str:
        hints = get_type_hints(model, include_extras=True)
        fields = [
            f"  readonly {name}{'' if _is_sent(name, field) else '?'}: {self.type_of(hints[name])};"
            for name, field in sorted(model.model_fields.items())
        ]
        if not fields:
            return f"export type {model.__name__} = Record<string, never>;"
        return "\n".join([f"export interface {model.__name__} {{", *fields, "}"])


def _is_sent(name: str, field: Any) -> bool:
    return name == "type" or field.is_required()


def _union(name: str, parts: list[str]) -> str:
    """As the formatter of viewer_js breaks it."""
    line = f"export type {name} = {' | '.join(parts)};"
    return (
        line
        if len(line) <= LINE
        else f"export type {name} =" + "".join(f"\n  | {part}" for part in parts) + ";"
    )


def written() -> str:
    """The whole file."""
    writer = _Writer()
    events = [writer.type_of(event) for event in (*EVENTS.values(), HiddenEvent)]
    union = _union("ConsultEvent", sorted(events))
    return "\n".join([HEAD, "\n\n".join([*(writer.named[name] for name in sorted(writer.named)), union]), ""])


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")

"""The scripts that Vite built: which files a page needs for an entry point (viewer, room, studies)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.base.errors import Unavailable

FOLDER = Path(__file__).parents[1] / "web" / "static" / "viewer"


@dataclass(frozen=True)
class Bundle:
    """Addresses of one entry's script and styles. They are named by content, so they may be kept for ever."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def bundle(entry: str) -> Bundle:
    """Raises Unavailable when the viewer has not been built."""
    manifest = FOLDER / "manifest.json"
    if not manifest.is_file():
        raise Unavailable("not_built", "The viewer has not been built. Run: make build")
    return _bundle(entry, manifest, manifest.stat().st_mtime_ns)


@cache
def _bundle(entry: str, manifest: Path, _changed_at: int) -> Bundle:
    chunks: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    key = next(
        (key for key, chunk in chunks.items() if chunk.get("isEntry") and chunk["name"] == entry), None
    )
    if key is None:
        raise Unavailable("not_built", "The viewer has not been built. Run: make build")
    needed = [key]
    for name in needed:  # grows while it is walked
        needed.extend(imported for imported in chunks[name].get("imports", []) if imported not in needed)
    styles = [style for name in needed for style in chunks[name].get("css", [])]
    return Bundle(
        script=_address(chunks[key]["file"]),
        styles=tuple(_address(style) for style in dict.fromkeys(styles)),
        preloads=tuple(_address(chunks[name]["file"]) for name in needed if name != key),
    )


def _address(file: str) -> str:
    return f"/static/viewer/{file}"

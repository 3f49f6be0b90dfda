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
    """Addresses of one entry's scripts and styles. They are named by content, so they may be kept for ever."""

    scripts: tuple[str, ...]
    """to be run in this order: the words of the page's language, the entry"""
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def bundle(entry: str, language: str) -> Bundle:
    """What a page in this language needs. Raises Unavailable when the viewer has not been built."""
    manifest = FOLDER / "manifest.json"
    if not manifest.is_file():
        raise Unavailable("not_built", "The viewer has not been built. Run: make build")
    return _bundle(entry, language, manifest, manifest.stat().st_mtime_ns)


@cache
def _bundle(entry: str, language: str, manifest: Path, _changed_at: int) -> Bundle:
    chunks: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    entries = {chunk["name"]: key for key, chunk in chunks.items() if chunk.get("isEntry")}
    if entry not in entries:
        raise Unavailable("not_built", "The viewer has not been built. Run: make build")
    # English is in the code; viewer_js/build/messages.ts makes the words of other languages
    run = [entries[name] for name in (f"{entry}.{language}", entry) if name in entries]
    needed = list(run)
    for name in needed:  # grows while it is walked
        needed.extend(imported for imported in chunks[name].get("imports", []) if imported not in needed)
    styles = [style for name in needed for style in chunks[name].get("css", [])]
    return Bundle(
        scripts=tuple(_address(chunks[name]["file"]) for name in run),
        styles=tuple(_address(style) for style in dict.fromkeys(styles)),
        preloads=tuple(_address(chunks[name]["file"]) for name in needed if name != entries[entry]),
    )


def _address(file: str) -> str:
    return f"/static/viewer/{file}"

"""What lies in a backup: `backup.json` names the one database snapshot that counts and says how to check it.

backup.json        the manifest; written last, by renaming, so that the backup before stays valid until then
UNFINISHED         there while a backup is being made, or when the last one was broken off
database-<time>/   one snapshot: SQLite's file, or a file of rows for each table of PostgreSQL
objects-<time>.txt digest and length of every object the snapshot speaks of
blobs/ab/<digest>  the objects, shared by all snapshots: a further backup copies only new ones
config/            the settings, for whoever sets up the machine again
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from app.base.settings import SettingsError

FORMAT = 1
MANIFEST = "backup.json"
UNFINISHED = "UNFINISHED"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """The contents of `backup.json`. Digests are SHA-256 in hexadecimal."""

    format: int
    made_at: str
    engine: str  # sqlite or postgresql
    heads: list[str]  # versions of the tables
    database: str  # folder of the snapshot
    files: dict[str, str]  # of that folder: name and digest
    objects: str  # the list of objects
    objects_digest: str
    object_count: int
    object_bytes: int
    left_out: list[str]  # digests that were damaged or missing already
    rows: dict[str, int]  # of each table


def write_manifest(target: Path, manifest: Manifest) -> None:
    """From now on this is the backup."""
    write_durably(target / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())


def read_manifest(source: Path) -> Manifest:
    """Raises SettingsError with a sentence when there is no whole backup."""
    try:
        found = json.loads((source / MANIFEST).read_bytes())
        manifest = Manifest(**found)
    except FileNotFoundError as error:
        what = "was never finished" if (source / UNFINISHED).exists() else "is not there"
        raise SettingsError(f"The backup in {source} {what}. Name the folder of a finished one.") from error
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{source / MANIFEST} cannot be read: the backup is damaged, or a newer version made it."
        ) from error
    if manifest.format != FORMAT:
        raise SettingsError(
            "This backup was made by a newer version of Hoichan. Restore it with that version."
        )
    return manifest


def write_durably(path: Path, data: bytes) -> None:
    """The whole file or none, synced."""
    spare = path.with_name(f"{path.name}.part")
    with spare.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    spare.replace(path)


def digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_object(source: Path, target: Path, digest: str) -> int:
    """Copies what has this digest and nothing else: the bytes copied, or -1 when it is damaged or gone."""
    spare = target.with_name(f"{target.name}.part")
    found = hashlib.sha256()
    size = 0
    try:
        with source.open("rb", buffering=0) as read, spare.open("wb", buffering=0) as written:
            while chunk := read.read(CHUNK):
                found.update(chunk)
                written.write(chunk)
                size += len(chunk)
            if found.hexdigest() != digest:
                spare.unlink()
                return -1
            os.fsync(written.fileno())
    except FileNotFoundError:
        return -1
    spare.replace(target)
    return size


def object_folders(target: Path) -> Path:
    """The 256 folders of objects, made when they are not there."""
    for number in range(256):
        (target / "blobs" / f"{number:02x}").mkdir(parents=True, exist_ok=True)
    return target / "blobs"

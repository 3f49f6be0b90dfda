"""`hoichan import FOLDER --hospital SLUG`: a folder on this machine into a hospital's archive."""

import argparse
import sys
from pathlib import Path

from app.base.blobs import Blobs
from app.base.settings import Settings, SettingsError
from app.capture.folder import Imported, import_folder
from app.identity.queries import hospitals
from app.main.prepare import opened


def execute(settings: Settings, options: argparse.Namespace) -> None:
    """Tells each refused file with its reason, and the counts at the end."""
    folder = Path(options.folder)
    if not folder.is_dir():
        raise SettingsError(f"{folder} is not a folder. Name the folder that holds the DICOM files.")
    with opened(settings) as db:
        with db.reading() as tx:
            known = {one.slug: one.id for one in hospitals(tx)}
        if options.hospital not in known:
            raise SettingsError(
                f"There is no hospital {options.hospital}. Known: {', '.join(sorted(known))}."
            )
        done = import_folder(
            db,
            Blobs(settings.data_dir, settings.storage.reserve_mb << 20),
            folder,
            hospital_id=known[options.hospital],
            accept_private=settings.dicom.accept_private_sop_classes,
            tell=_tell,
        )
    _report(done)


def _tell(done: Imported) -> None:
    print(f"\r{done.dealt_with} files, {done.counts['stored']} stored", end="", file=sys.stderr, flush=True)


def _report(done: Imported) -> None:
    print(file=sys.stderr)
    for name, reason in done.refused:
        print(f"{name}: {reason}")
    counts = done.counts
    print(
        f"{counts['stored']} stored, {counts['duplicate']} here already, {counts['refused']} refused, "
        f"{counts['skipped']} left out."
    )

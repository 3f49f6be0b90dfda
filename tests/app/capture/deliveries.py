"""An upload as a browser makes one: announced, sent piece by piece, unpacked by the worker's job."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.base.actor import Actor
from app.base.db import Database
from app.base.jobs import JobRunner
from app.capture.actions import EXPAND, FileWish, expect_files, open_upload
from app.capture.expand import Expander
from app.capture.intake import Intake
from app.capture.queries import FileInfo, UploadInfo, files_left_out, info_of, upload_info
from app.capture.zip_members import Caps

MOST = 1 << 30


class Delivery:
    def __init__(self, db: Database, intake: Intake, actor: Actor, **target: Any) -> None:
        self.db, self.intake, self.actor = db, intake, actor
        with db.transaction() as tx:
            self.id = open_upload(tx, actor, **target).id

    def announce(self, files: Mapping[str, bytes], *, last: bool = True) -> dict[str, FileInfo]:
        wishes = [FileWish(name, name, len(data)) for name, data in files.items()]
        with self.db.transaction() as tx:
            rows = expect_files(tx, self.actor, upload_id=self.id, wishes=wishes, last=last, most_bytes=MOST)
            return {wish.name: info_of(row) for wish, row in zip(wishes, rows, strict=True)}

    def send(self, file: FileInfo, data: bytes, *, offset: int = 0, chunk: int = 1 << 20) -> FileInfo:
        for start in range(offset, max(len(data), 1), chunk):
            file = self.intake.take_chunk(self.actor, self.id, file.id, start, data[start : start + chunk])
        return file

    def bring(self, files: Mapping[str, bytes]) -> dict[str, FileInfo]:
        """Announces and sends all; a ZIP then waits for `unpack`."""
        return {name: self.send(file, files[name]) for name, file in self.announce(files).items()}

    def unpack(self, caps: Caps | None = None) -> None:
        """What the worker does."""
        expander = Expander(self.db, self.intake, caps)
        JobRunner(self.db, {EXPAND: expander.expand, "previews.make": lambda _: None}).run_waiting()

    def info(self) -> UploadInfo:
        with self.db.reading() as tx:
            return upload_info(tx, self.actor, self.id)

    def left_out(self) -> dict[str, str | None]:
        """Name to code of the reason."""
        return {file.name: file.reason_code for file in self.files_left_out()}

    def files_left_out(self) -> list[FileInfo]:
        with self.db.reading() as tx:
            return files_left_out(tx, self.actor, self.id)


def zipped(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

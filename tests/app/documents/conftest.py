import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pydicom
import pytest
from pydicom.dataset import Dataset

from app.archive.header import Header
from app.archive.outgoing_headers import parsed

Read: TypeAlias = tuple[Header, Dataset]


def both(data: bytes) -> Read:
    """The same file by this program and by pydicom."""
    theirs = pydicom.dcmread(io.BytesIO(data), force=True)
    start = data.index(b"DICM") + 4 + 12 + theirs.file_meta.FileMetaInformationGroupLength
    ours = parsed(data, theirs.file_meta.TransferSyntaxUID, start)
    ours.believed = ours.guess_charset()
    return ours, theirs


@pytest.fixture
def from_corpus(corpus: Path) -> Callable[[str], Read]:
    return lambda name: both((corpus / name).read_bytes())

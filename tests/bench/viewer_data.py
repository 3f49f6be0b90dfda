"""Studies for the viewer's benchmarks, the same every time, sent as machines send them."""

import io
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pydicom
from playwright.sync_api import Page
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from app.demo import datasets
from tests.bench.bench_frames import exam
from tests.running import Running

_SLICES = 150


@lru_cache(maxsize=1)
def _chest() -> list[Dataset]:
    return list(datasets.ct_chest(exam(1), slices=_SLICES))


def chest(name: str, slices: int) -> Iterator[tuple[str, bytes]]:
    """A CT of the chest: UID and file of each slice. Of more than 150 the same are met again, back and forth."""
    body = _chest()
    there_and_back = [*range(len(body)), *reversed(range(len(body)))]
    study, series, frame = (generate_uid(entropy_srcs=[name, part]) for part in ("study", "series", "frame"))
    for number in range(slices):
        data = body[there_and_back[number % len(there_and_back)]]
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.SOPInstanceUID = generate_uid(entropy_srcs=[name, str(number)])
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.InstanceNumber = number + 1
        x, y, _ = data.ImagePositionPatient
        data.ImagePositionPatient = [x, y, 160.0 - number]
        data.SliceLocation = 160.0 - number
        data.PatientID, data.PatientName = name, name.upper()
        yield study, _file(data)


def radiograph(name: str) -> Iterator[tuple[str, bytes]]:
    """One view of 2500 rows and 2000 columns."""
    for data in datasets.dx_chest(exam(2)):
        data.PatientID, data.PatientName = name, name.upper()
        yield data.StudyInstanceUID, _file(data)


def _file(data: Dataset) -> bytes:
    out = io.BytesIO()
    pydicom.dcmwrite(out, data, enforce_file_format=True)
    return out.getvalue()


def send(hoichan: Running, folder: Path, files: Iterable[bytes]) -> None:
    folder.mkdir()
    paths = []
    for number, data in enumerate(files):
        paths.append(folder / f"{number:04}.dcm")
        paths[-1].write_bytes(data)
    to = ["-aet", "CT01", "-aec", "DONGXANH", "127.0.0.1", str(hoichan.dicom_port)]
    for start in range(0, len(paths), 250):  # a command line holds only so many
        some: Sequence[str] = [str(path) for path in paths[start : start + 250]]
        subprocess.run(["storescu", *to, *some], check=True, capture_output=True, timeout=240)


def address_of(page: Page, url: str, name: str) -> str:
    """The path of the study of the patient so named."""
    page.goto(f"{url}/studies?words={name}")
    link = page.locator("tr[data-key]", has_text=name.upper()).locator("a").first
    found = link.get_attribute("href")
    assert found is not None
    return found

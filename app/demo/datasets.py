"""Invented studies as DICOM datasets: what a machine would send, in UTF-8, one study a function."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    MRImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from app.demo import anatomy
from app.demo.bodies import Body, enlarged, shadow_of, slice_of
from app.demo.heartbeat import ultrasound_frames
from app.render.encode import encode


@dataclass(frozen=True)
class Person:
    """An invented patient."""

    name: str
    patient_id: str
    birth_date: date
    sex: str


@dataclass(frozen=True)
class Exam:
    """What the form of a machine would hold. `seed` makes every run's UIDs its own but the pixels the same."""

    patient: Person
    at: datetime
    accession_number: str
    description: str
    referring: str
    station: str
    seed: int


# Tissue by its Hounsfield value in the head, and how bright a T2-weighted MR shows it.
_HU = (-1000, -500, -95, 0, 8, 20, 27, 38, 52, 68, 180, 320, 1050)
_T2 = (4, 6, 620, 900, 940, 760, 330, 470, 200, 170, 40, 240, 12)


def ct_head(exam: Exam, slices: int = 160) -> Iterator[Dataset]:
    """1 mm slices from the skull base up, bleeding on the patient's left."""
    grid = _grid(512, 0.45)
    heights = [-72.0 + number for number in range(slices)]
    yield from _ct(
        exam, anatomy.head(), grid, heights, noise=4.0, body_part="HEAD", windows=((35, 80), (600, 2800))
    )


def ct_chest(exam: Exam, slices: int = 150) -> Iterator[Dataset]:
    """2 mm slices from the shoulders down, a nodule in the right upper lobe."""
    grid = _grid(512, 0.78)
    heights = [160.0 - 2 * number for number in range(slices)]
    yield from _ct(
        exam, anatomy.chest(), grid, heights, noise=11.0, body_part="CHEST", windows=((40, 400), (-550, 1500))
    )


def mr_head(exam: Exam, slices: int = 24) -> Iterator[Dataset]:
    """T2-weighted, 5 mm slices."""
    chance = np.random.default_rng(exam.seed)
    grid, body = _grid(256, 0.9), anatomy.head()
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for number in range(slices):
        z = -58 + number * 5.5
        bright = np.interp(slice_of(body, z, grid, grid), _HU, _T2) + _grain(chance, (256, 256), 14)
        data = _image(exam, "MR", MRImageStorage, (study, series, frame), number, slices)
        _place(data, grid, z, 0.9, 5.0)
        data.SeriesDescription, data.BodyPartExamined, data.ScanningSequence = "T2 TSE ngang", "HEAD", "SE"
        data.SequenceVariant, data.ScanOptions, data.MRAcquisitionType = "SK", "", "2D"
        data.EchoTime, data.RepetitionTime, data.EchoTrainLength = 98.0, 4200.0, 15
        data.WindowCenter, data.WindowWidth = 480, 940
        _pixels(data, np.clip(bright, 0, 4095).astype(np.uint16), bits=12)
        yield data


def dx_chest(exam: Exam) -> Iterator[Dataset]:
    """One view of 2500 rows by 2000 columns."""
    chance = np.random.default_rng(exam.seed)
    x, y = _grid(800, 0.5), _grid(160, 1.6)
    z = (205 - np.arange(430) * 0.95).astype(np.float32)
    water = enlarged(shadow_of(anatomy.chest(), x, y, z), 2500, 2000)
    values = np.clip((water - 40) * 14, 0, 4095) + chance.normal(0, 9, water.shape)
    data = _image(
        exam, "DX", DigitalXRayImageStorageForPresentation, (generate_uid(), generate_uid(), None), 0, 1
    )
    data.SeriesDescription, data.BodyPartExamined, data.ViewPosition = "Ngực thẳng PA", "CHEST", "PA"
    data.ImagerPixelSpacing, data.PatientOrientation = [0.163, 0.2], ["L", "F"]
    data.ImageLaterality, data.PresentationIntentType, data.PixelIntensityRelationship = (
        "U",
        "FOR PRESENTATION",
        "LOG",
    )
    data.PixelIntensityRelationshipSign, data.PresentationLUTShape = -1, "IDENTITY"
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "US"
    data.WindowCenter, data.WindowWidth, data.KVP = 2000, 3900, 120
    data.LossyImageCompression, data.BurnedInAnnotation = "00", "NO"
    data.DetectorType, data.PositionerType, data.AcquisitionContextSequence = "DIRECT", "NONE", Sequence()
    data.AnatomicRegionSequence = Sequence([_code("51185008", "SCT", "Chest")])
    _pixels(data, np.clip(values, 0, 4095).astype(np.uint16), bits=12)
    yield data


def us_heart(exam: Exam, frames: int = 40) -> Iterator[Dataset]:
    """A cine loop in colour, JPEG as a machine would send it."""
    study = (generate_uid(), generate_uid(), None)
    data = _image(exam, "US", UltrasoundMultiFrameImageStorage, study, 0, 1)
    pictures = [encode(frame, "image/jpeg", 85) for frame in ultrasound_frames(frames, exam.seed)]
    data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    data.SeriesDescription, data.BodyPartExamined = "Tim bốn buồng, Doppler màu", "HEART"
    data.Rows, data.Columns, data.NumberOfFrames, data.FrameTime = 480, 640, frames, 40.0
    data.PatientOrientation = ""
    data.FrameIncrementPointer, data.SamplesPerPixel, data.PlanarConfiguration = 0x00181063, 3, 0
    data.PhotometricInterpretation, data.LossyImageCompression = "YBR_FULL_422", "01"
    data.LossyImageCompressionMethod = "ISO_10918_1"
    data.LossyImageCompressionRatio = round(480 * 640 * 3 * frames / sum(map(len, pictures)), 1)
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.PixelData = encapsulate(pictures)
    data["PixelData"].is_undefined_length = True
    yield data


def _ct(
    exam: Exam,
    body: Body,
    grid: NDArray[np.float32],
    heights: list[float],
    *,
    noise: float,
    body_part: str,
    windows: tuple[tuple[int, int], ...],
) -> Iterator[Dataset]:
    chance = np.random.default_rng(exam.seed)
    uids = (generate_uid(), generate_uid(), generate_uid())
    spacing, step = float(grid[1] - grid[0]), abs(heights[1] - heights[0])
    for number, z in enumerate(heights):
        values = slice_of(body, z, grid, grid)
        values += _grain(chance, values.shape, noise) * (values > -1000)
        data = _image(exam, "CT", CTImageStorage, uids, number, len(heights))
        _place(data, grid, z, spacing, step)
        data.SeriesDescription, data.BodyPartExamined, data.KVP = (
            f"{exam.description} {step:g} mm",
            body_part,
            120,
        )
        data.RescaleIntercept, data.RescaleSlope, data.RescaleType = -1024, 1, "HU"
        data.WindowCenter, data.WindowWidth = [c for c, _ in windows], [w for _, w in windows]
        data.ConvolutionKernel, data.GantryDetectorTilt, data.AcquisitionNumber = "STANDARD", 0, 1
        _pixels(data, np.clip(values + 1024, 0, 4095).astype(np.uint16), bits=12)
        yield data


def _grid(count: int, spacing: float) -> NDArray[np.float32]:
    return ((np.arange(count) - (count - 1) / 2) * spacing).astype(np.float32)


def _grain(chance: np.random.Generator, shape: tuple[int, ...], strength: float) -> NDArray[np.float32]:
    """Noise as a scanner's filter leaves it: neighbours resemble each other."""
    raw = chance.standard_normal(shape, dtype=np.float32)
    smooth = raw + np.roll(raw, 1, 0) + np.roll(raw, 1, 1) + np.roll(raw, (1, 1), (0, 1))
    return smooth * (strength / 2)


def _image(
    exam: Exam, modality: str, sop_class: str, uids: tuple[str, str, str | None], number: int, count: int
) -> Dataset:
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.SOPClassUID, data.SOPInstanceUID = sop_class, generate_uid()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SpecificCharacterSet = "ISO_IR 192"
    data.StudyInstanceUID, data.SeriesInstanceUID = uids[0], uids[1]
    if uids[2] is not None:
        data.FrameOfReferenceUID, data.PositionReferenceIndicator = uids[2], ""
    _describe(data, exam, modality)
    data.SeriesNumber, data.InstanceNumber, data.ImagesInAcquisition = 1, number + 1, count
    data.ImageType = (
        ["ORIGINAL", "PRIMARY", "AXIAL"] if modality in {"CT", "MR"} else ["ORIGINAL", "PRIMARY", ""]
    )
    return data


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _describe(data: Dataset, exam: Exam, modality: str) -> None:
    patient = exam.patient
    day, moment = f"{exam.at:%Y%m%d}", f"{exam.at:%H%M%S}"
    data.PatientName, data.PatientID, data.PatientSex = patient.name, patient.patient_id, patient.sex
    data.PatientBirthDate = f"{patient.birth_date:%Y%m%d}"
    data.PatientAge = f"{(exam.at.date() - patient.birth_date).days // 365:03d}Y"
    data.StudyDate = data.SeriesDate = data.ContentDate = data.AcquisitionDate = day
    data.StudyTime = data.SeriesTime = data.ContentTime = data.AcquisitionTime = moment
    data.AccessionNumber = data.StudyID = exam.accession_number
    data.StudyDescription, data.ReferringPhysicianName = exam.description, exam.referring
    data.Modality, data.Manufacturer, data.ManufacturerModelName = modality, "Hoichan", "Phantom"
    data.StationName, data.DeviceSerialNumber, data.SoftwareVersions = exam.station, "0", "1"


def _place(data: Dataset, grid: NDArray[np.float32], z: float, spacing: float, thickness: float) -> None:
    data.PixelSpacing, data.SliceThickness = [round(spacing, 4)] * 2, thickness
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [round(float(grid[0]), 4), round(float(grid[0]), 4), round(z, 4)]
    data.SliceLocation, data.PatientPosition = round(z, 4), "HFS"


def _pixels(data: Dataset, values: NDArray[np.uint16], *, bits: int) -> None:
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, bits, bits - 1
    data.PixelData = values.astype("<u2").tobytes()
    data["PixelData"].VR = "OW"

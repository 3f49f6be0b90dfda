"""Objects that speak of the CT of `dicomfiles.series`: made by code, and by highdicom as another maker."""

from io import BytesIO
from typing import Any

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes

from tests import dicomgen

STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"


def datasets(count: int = 3) -> list[Dataset]:
    """The slices of the CT, as read."""
    return [dcmread(BytesIO(data)) for data in dicomgen.series(count)]


def structures(points: list[list[float]], slice_: int = 1) -> bytes:
    """One region with one closed contour; points in the patient's millimetres."""
    ds = dicomgen.base(sop_class=STRUCTURES, series="structures", modality="RTSTRUCT")
    ds.StructureSetLabel = "PLAN"
    region, contour, image, drawn = Dataset(), Dataset(), Dataset(), Dataset()
    region.ROINumber, region.ROIName = 1, "U <b>phổi</b>"
    region.ReferencedFrameOfReferenceUID = dicomgen.uid("study-1", "frame")
    image.ReferencedSOPClassUID = dicomgen.CT
    image.ReferencedSOPInstanceUID = dicomgen.uid("study-1", "series-1", slice_)
    contour.ContourImageSequence = Sequence([image])
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", len(points)
    contour.ContourData = [value for point in points for value in point]
    drawn.ReferencedROINumber, drawn.ROIDisplayColor = 1, [255, 128, 0]
    drawn.ContourSequence = Sequence([contour])
    ds.StructureSetROISequence, ds.ROIContourSequence = Sequence([region]), Sequence([drawn])
    ds.RTROIObservationsSequence = Sequence()
    return dicomgen.file(ds)


def segmentation(mask: NDArray[np.bool_], *, fractional: bool = False) -> bytes:
    """By highdicom: one segment on the slices of the CT; `mask` is slices by rows by columns."""
    segment = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Gan",
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )
    made = hd.seg.Segmentation(
        source_images=datasets(len(mask)),
        pixel_array=mask.astype(np.float32) * 0.5 if fractional else mask.astype(np.uint8),
        segmentation_type="FRACTIONAL" if fractional else "BINARY",
        segment_descriptions=[segment],
        series_instance_uid=dicomgen.uid("study-1", "segmentation"),
        series_number=5,
        sop_instance_uid=dicomgen.uid("study-1", "segmentation", 1),
        instance_number=1,
        manufacturer="Other",
        manufacturer_model_name="Maker",
        software_versions="1",
        device_serial_number="1",
        omit_empty_frames=True,
    )
    out = BytesIO()
    made.save_as(out)
    return out.getvalue()


def state(image: Dataset, **looks: Any) -> Dataset:
    """By highdicom: a presentation state of one image with the looks that are given."""
    return hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=[image],
        series_instance_uid=dicomgen.uid("study-1", "state"),
        series_number=7,
        sop_instance_uid=dicomgen.uid("study-1", "state", 1),
        instance_number=1,
        manufacturer="Other",
        manufacturer_model_name="Maker",
        software_versions="1",
        device_serial_number="1",
        content_label="LABEL",
        **looks,
    )


def overlay(
    bits: NDArray[np.bool_], *, origin: tuple[int, int] = (1, 1), frames: int = 1, first: int = 1
) -> Dataset:
    """A CT slice with a separate overlay; `bits` is rows by columns, or frames by rows by columns."""
    ds = dicomgen.ct_dataset(1)
    ds.add_new(0x60000010, "US", bits.shape[-2])
    ds.add_new(0x60000011, "US", bits.shape[-1])
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", list(origin))
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    if frames > 1:
        ds.add_new(0x60000015, "IS", frames)
        ds.add_new(0x60000051, "US", first)
    packed = np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()
    ds.add_new(0x60003000, "OW", packed + b"\0" * (len(packed) % 2))
    return ds


def embedded_overlay(bits: NDArray[np.bool_]) -> Dataset:
    """A slice of 12 bits whose words hold an overlay in bit 15."""
    ds = dicomgen.ct_dataset(1)
    rows, columns = bits.shape
    values = np.arange(rows * columns, dtype=np.uint16).reshape(rows, columns) % 4096
    words = values | (bits.astype(np.uint16) << 15)
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = words.astype("<u2").tobytes()
    ds.add_new(0x60000010, "US", rows)
    ds.add_new(0x60000011, "US", columns)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 16)
    ds.add_new(0x60000102, "US", 15)
    return ds

"""Reports of measurements (TID 1500) by another maker: highdicom."""

from io import BytesIO
from typing import Any

import highdicom as hd
import numpy as np
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from tests import dicomgen, evidencefiles

ELLIPSE = [[10.5, 20.0], [30.5, 20.0], [20.5, 14.0], [20.5, 26.0]]
CONTOUR_MM = [[-10.0, -10.0, 1.0], [5.0, -10.0, 1.0], [5.0, 7.0, 1.0], [-10.0, -10.0, 1.0]]


def measured_report(names: tuple[str, str] = ("Nốt 1", "Nốt 2")) -> bytes:
    """On the first slice of the CT of `dicomgen.series`: an ellipse in its pixels with its area and mean, and a contour
    in the patient's millimetres with its area.
    """
    images = evidencefiles.datasets(2)
    source = hd.sr.SourceImageForRegion.from_source_image(images[0])
    ellipse = hd.sr.ImageRegion(hd.sr.GraphicTypeValues.ELLIPSE, np.array(ELLIPSE), source)
    space = str(images[0].FrameOfReferenceUID)
    contour = hd.sr.ImageRegion3D(hd.sr.GraphicTypeValues3D.POLYGON, np.array(CONTOUR_MM), space)
    in_mm2 = codes.UCUM.SquareMillimeter
    groups = [
        _group(names[0], ellipse, [(codes.SCT.Area, 94.25, in_mm2), (codes.SCT.Mean, 41.5, codes.UCUM.HounsfieldUnit)]),
        _group(names[1], contour, [(codes.SCT.Area, 127.5, in_mm2)]),
    ]  # fmt: skip
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name="Other^Reader"),
    )
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=observer),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=groups,
    )
    report = hd.sr.Comprehensive3DSR(
        evidence=images,
        content=content,
        series_number=9,
        series_instance_uid=dicomgen.uid("study-1", "report"),
        sop_instance_uid=dicomgen.uid("study-1", "report", 1),
        instance_number=1,
        manufacturer="Other",
    )
    out = BytesIO()
    report.save_as(out)
    return out.getvalue()


def _group(name: str, region: Any, values: list[tuple[Any, float, Any]]) -> Any:
    measured = [hd.sr.Measurement(name=code, value=value, unit=unit) for code, value, unit in values]
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=generate_uid(), identifier=name),
        referenced_region=region,
        measurements=measured,
    )

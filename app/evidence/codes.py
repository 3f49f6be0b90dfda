"""Coded concepts (PS3.16, UCUM) of the objects made here, and how a code stands in a data set (PS3.3 8.8)."""

from typing import NamedTuple

from pydicom.dataset import Dataset


class Code(NamedTuple):
    value: str
    scheme: str
    meaning: str

    def item(self) -> Dataset:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = self
        return item


ENGLISH = Code("en", "RFC5646", "English")
LANGUAGE = Code("121049", "DCM", "Language of Content Item and Descendants")
OBSERVER_TYPE = Code("121005", "DCM", "Observer Type")
PERSON = Code("121006", "DCM", "Person")
OBSERVER_NAME = Code("121008", "DCM", "Person Observer Name")
OBSERVER_ORGANIZATION = Code("121009", "DCM", "Person Observer's Organization Name")
PROCEDURE_REPORTED = Code("121058", "DCM", "Procedure reported")
IMAGING_PROCEDURE = Code("363679005", "SCT", "Imaging procedure")

REPORT = Code("126000", "DCM", "Imaging Measurement Report")
IMAGE_LIBRARY = Code("111028", "DCM", "Image Library")
IMAGE_LIBRARY_GROUP = Code("126200", "DCM", "Image Library Group")
MEASUREMENTS = Code("126010", "DCM", "Imaging Measurements")
MEASUREMENT_GROUP = Code("125007", "DCM", "Measurement Group")
TRACKING_ID = Code("112039", "DCM", "Tracking Identifier")
TRACKING_UID = Code("112040", "DCM", "Tracking Unique Identifier")
IMAGE_REGION = Code("111030", "DCM", "Image Region")
COMMENT = Code("121106", "DCM", "Comment")

KEY_OBJECT_DESCRIPTION = Code("113012", "DCM", "Key Object Description")
# CID 7010 without the titles that reject images: what is not fit for use is rejected in the archive.
TITLES = {
    code.value: code
    for code in (
        Code("113000", "DCM", "Of Interest"),
        Code("113002", "DCM", "For Referring Provider"),
        Code("113003", "DCM", "For Surgery"),
        Code("113004", "DCM", "For Teaching"),
        Code("113005", "DCM", "For Conference"),
        Code("113006", "DCM", "For Therapy"),
        Code("113007", "DCM", "For Patient"),
        Code("113008", "DCM", "For Peer Review"),
        Code("113009", "DCM", "For Research"),
        Code("113018", "DCM", "For Printing"),
    )
}

ANGLE = Code("1483009", "SCT", "Angle")
AREA = Code("42798000", "SCT", "Area")
COBB_ANGLE = Code("285285000", "SCT", "Cobb angle")
LENGTH = Code("410668003", "SCT", "Length")
LONG_AXIS = Code("103339001", "SCT", "Long axis")
MAXIMUM = Code("56851009", "SCT", "Maximum")
MEAN = Code("373098007", "SCT", "Mean")
MINIMUM = Code("255605001", "SCT", "Minimum")
RATIO = Code("118586006", "SCT", "Ratio")
SHORT_AXIS = Code("103340004", "SCT", "Short axis")
STANDARD_DEVIATION = Code("386136009", "SCT", "Standard Deviation")

DEGREE = Code("deg", "UCUM", "degree")
HOUNSFIELD = Code("[hnsf'U]", "UCUM", "Hounsfield unit")
MILLIMETRE = Code("mm", "UCUM", "millimeter")
NO_UNITS = Code("1", "UCUM", "no units")
PIXELS = Code("{pixels}", "UCUM", "pixels")
SQUARE_MILLIMETRE = Code("mm2", "UCUM", "square millimeter")
_UNITS = {
    "": NO_UNITS,
    "%": Code("%", "UCUM", "percent"),
    "BQML": Code("Bq/ml", "UCUM", "Becquerels per milliliter"),
    "CNTS": Code("{counts}", "UCUM", "counts"),
    "HU": HOUNSFIELD,
    "cm": Code("cm", "UCUM", "centimeter"),
    "cm/s": Code("cm/s", "UCUM", "centimeter per second"),
    "g/ml": Code("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight"),  # PS3.16 CID 85
    "mm": MILLIMETRE,
    "px": PIXELS,
    "s": Code("s", "UCUM", "second"),
}


def unit_code(unit: str) -> Code:
    """UCUM of a unit as the viewer says it; an unknown one becomes an annotation on no units, as UCUM allows."""
    known = _UNITS.get(unit)
    plain = "".join(letter for letter in unit if letter.isascii() and letter.isalnum())[:12]
    return known or (Code(f"{{{plain}}}", "UCUM", unit[:64]) if plain else NO_UNITS)

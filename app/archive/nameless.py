"""A study as somebody may know it who is never told whose it is (a guest with that role): the manifest without what names
the patient, and frames with a veil. Pictures in which machines often write a name are held back until somebody of the
hospital has looked at them.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from app.archive.header import Header

Rectangle = tuple[int, int, int, int]
"""Columns from..to and rows from..to of a frame, as left, top, right, bottom in pixels; right and bottom excluded."""

BLOCK = "█"
_SHORTEST = 3
_MADE = re.compile(r"(^|_)(at|ids?|key|uids?)$")
_GAP = r"[\s^_.-]*"
_BETWEEN = r"[\W_]{0,3}"
_APART = r"[\W_]{1,3}"
_TAKEN_APART = (
    6  # signs of a number that is looked for with gaps anywhere: "12/34" is not the patient number 1234
)
_ITS_DIGITS = 3
_ZEROS = 12  # before a number; without a bound a row of zeros takes the square of its time
_ADDRESS = "anh|bà|bác|bé|bệnh nhân|bn|bn\\.|cậu|cháu|chị|chú|cô|cụ|em|ông|mr\\.?|mrs\\.?|ms\\.?|patient"
_NAMING = frozenset({"accession_number", "birth_date", "guessed_charset", "hospital_name", "patient_id"})
# Machines write the name into these pictures; nobody has looked whether this one did.
_OFTEN_WRITTEN = (
    "1.2.840.10008.5.1.4.1.1.3.",
    "1.2.840.10008.5.1.4.1.1.6.",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.77.1.",
)
_RETIRED_ULTRASOUND = frozenset({"1.2.840.10008.5.1.4.1.1.3", "1.2.840.10008.5.1.4.1.1.6"})
UNTOLD = frozenset({"DOC", "KO", "PR", "RTDOSE", "RTPLAN", "RTSTRUCT", "SEG", "SR"})


def may_name(sop_class_uid: str) -> bool:
    """Whether machines often write into the pixels of this kind of picture."""
    return sop_class_uid.startswith(_OFTEN_WRITTEN) or sop_class_uid in _RETIRED_ULTRASOUND


def may_show_name(header: Header) -> bool:
    """Whether a name may be written in this picture: by Burned In Annotation (0028,0301), as a picture of a screen
    (PS3.3 C.7.6.1.1.2), or by its kind where the header does not say that there is none.
    """
    said = header.code(0x00280301).upper()
    if said == "YES" or "SCREEN SAVE" in header.codes(0x00080008):
        return True
    return said != "NO" and may_name(header.uid(0x00080016))


class Cover(NamedTuple):
    """What somebody of the hospital found written in pictures of this size; no rectangles: nothing."""

    columns: int
    rows: int
    rectangles: tuple[Rectangle, ...]


class Veil(NamedTuple):
    """What covers a frame before it leaves: of each size of picture that somebody has looked at. `outdated`: sizes
    (columns, rows) somebody looked at before this one arrived.
    """

    covers: tuple[Cover, ...] = ()
    outdated: tuple[tuple[int, int], ...] = ()

    def over(self, columns: int, rows: int) -> tuple[Rectangle, ...] | None:
        """The rectangles of pictures of this size; None where nobody has looked."""
        size = (columns, rows)
        return next((one.rectangles for one in self.covers if (one.columns, one.rows) == size), None)

    def waits(self, columns: int, rows: int) -> bool:
        """Whether others of this size were looked at and this one not yet: what was found in them may be in it too."""
        return (columns, rows) in self.outdated


class Scrubber:
    """Blackens words in texts people wrote, however they are spelled: without accents, in capitals. Of a person's name
    also its last two words, by which people are called, and the last one behind a form of address; numbers of patient
    and order also with other gaps in them or none.
    """

    def __init__(self, numbers: Iterable[str], name: str = "", *, born: str = "") -> None:
        """`born`: YYYYMMDD, or what is no day."""
        parts = name.replace("^", " ").replace("=", " ").split()
        folded = [_folded(unicodedata.normalize("NFC", part)) for part in parts]
        found = [pattern for number in numbers if (pattern := _as_number(number))]
        if re.fullmatch(r"\d{8}", born):
            day, month = int(born[6:]), int(born[4:6])
            found.append(rf"(?<!\d)0?{day}{_APART}0?{month}{_APART}{born[:4]}(?!\d)")
        if sum(map(len, parts)) >= _SHORTEST:
            found.append(_GAP.join(re.escape(part) for part in folded))
        if len(parts) > 2:
            found.append(_alone(_GAP.join(re.escape(part) for part in folded[-2:])))
        self._words = re.compile("|".join(found)) if found else None
        last = re.escape(unicodedata.normalize("NFC", parts[-1])) if parts else ""
        self._called = re.compile(rf"(?<!\w)(?:{_ADDRESS})\s+({last})(?!\w)", re.IGNORECASE) if last else None

    def text(self, text: str) -> str:
        """The text with a block for each letter of a word that names."""
        text = unicodedata.normalize("NFC", text)
        if self._words is not None:
            for found in self._words.finditer(_folded(text)):
                text = text[: found.start()] + BLOCK * (found.end() - found.start()) + text[found.end() :]
        return self._called.sub(_without_called, text) if self._called is not None else text

    def all(self, told: Any) -> Any:
        """Every string within lists and dicts, but for ids, keys and moments, which no person writes."""
        if isinstance(told, str):
            return self.text(told)
        if isinstance(told, dict):
            return {name: value if _MADE.search(name) else self.all(value) for name, value in told.items()}
        if isinstance(told, list | tuple):
            return [self.all(value) for value in told]
        return told


def _alone(pattern: str) -> str:
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


def _as_number(number: str) -> str:
    """Whatever stands between its parts counts for nothing, nor do zeros before digits that stand behind letters."""
    runs: list[str] = re.findall(r"\d+|[^\W\d_]+", _folded(unicodedata.normalize("NFC", number)))
    signs = "".join(runs)
    if len(signs) < _SHORTEST:
        return ""
    is_long = len(signs) >= _TAKEN_APART and sum(map(str.isdecimal, signs)) >= _ITS_DIGITS
    gap = _BETWEEN if is_long else ""
    shown = [
        rf"(?:0{gap}){{0,{_ZEROS}}}" + gap.join(run.lstrip("0") or "0" if place else run)
        if run.isdecimal()
        else gap.join(run)
        for place, run in enumerate(runs)
    ]
    before = r"(?<!\d)" if runs[0].isdecimal() else r"(?<![^\W_])"
    return before + _BETWEEN.join(shown) + r"(?![^\W_])"


def _without_called(found: re.Match[str]) -> str:
    whole, word = found.group(0), found.group(1)
    return whole[: -len(word)] + BLOCK * len(word)


def _folded(text: str) -> str:
    """One small letter without marks for each letter, so that places in both are the same."""
    return "".join(_plain(sign) for sign in text)


def _plain(sign: str) -> str:
    base = unicodedata.normalize("NFKD", sign)[0].casefold()  # K: full-width digits too
    return "d" if base == "đ" else base[0]


def nameless_manifest(told: dict[str, Any]) -> dict[str, Any]:
    """Without what names the patient or the hospital, and without objects that hold texts (reports, marks, papers)."""
    study = told["study"]
    numbers = [study["patient_id"], study["accession_number"], study["birth_date"]]
    scrub = Scrubber(numbers, study["patient_name"])
    kept = {name: "" if name in _NAMING else value for name, value in study.items()}
    series = [one for one in told["series"] if one["frame_count"] and one["modality"] not in UNTOLD]
    bare = [one | {"instances": [_bare(image) for image in one["instances"]]} for one in series]
    return {"study": scrub.all(kept | {"patient_name": ""}), "series": scrub.all(bare)}


def _bare(image: dict[str, Any]) -> dict[str, Any]:
    """Overlays may hold letters."""
    return {name: value for name, value in image.items() if name != "overlays"}

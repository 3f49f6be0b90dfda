"""The list of attributes against pydicom's walk over the same file, in the same order."""

from collections.abc import Callable, Iterator

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from app.documents.tags import LONGEST_VALUE, MOST_ROWS, tags_of
from tests.app.documents.conftest import Read, both
from tests.dicomgen import ct_dataset, file


def elements(ds: Dataset) -> Iterator[DataElement]:
    for element in ds:
        if element.tag == 0x7FE00010:
            return
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from elements(item)


@pytest.mark.parametrize(
    "name", ["pydicom/CT_small.dcm", "synthetic/derived/SR_TID1500.dcm", "highdicom/seg_image_ct_binary.dcm"]
)
def test_nothing_is_left_out(name: str, from_corpus: Callable[[str], Read]) -> None:
    ours, theirs = from_corpus(name)
    rows = [row for row in tags_of(ours)["rows"] if "tag" in row]
    wanted = list(elements(theirs))
    assert [row["tag"] for row in rows] == [f"{one.tag.group:04X},{one.tag.element:04X}" for one in wanted]
    assert [row["vr"] for row in rows] == [one.VR for one in wanted]
    named = {row["keyword"]: row.get("value") for row in rows if row["keyword"] and not row["depth"]}
    assert named["PatientID"] == theirs.PatientID
    assert named["SOPClassUID"] == f"{theirs.SOPClassUID} ({theirs.SOPClassUID.name})"


def test_private_ones_say_whose_they_are() -> None:
    ds = ct_dataset()
    ds.private_block(0x0009, "ACME 1.0", create=True).add_new(0x01, "LO", "secret")
    rows = {row["tag"]: row for row in tags_of(both(file(ds))[0])["rows"]}
    assert rows["0009,1001"] | {"private": "ACME 1.0", "value": "secret"} == rows["0009,1001"]


def test_long_values_are_cut_and_corrected_ones_marked() -> None:
    ours, _ = both(file(ct_dataset(ImageComments="x" * 3000)))
    rows = {row["tag"]: row for row in tags_of(ours, frozenset({"patient.name"}))["rows"]}
    assert (len(rows["0020,4000"]["value"]), rows["0020,4000"]["cut"]) == (LONGEST_VALUE, 3000)
    assert rows["0010,0010"]["corrected"]
    assert "corrected" not in rows["0010,0020"]


def test_the_search_looks_beyond_the_rows_that_are_listed() -> None:
    ds = ct_dataset()
    items = []
    for number in range(MOST_ROWS):
        item = Dataset()
        item.CodeMeaning = f"Phổi {number}"
        items.append(item)
    ds.ProcedureCodeSequence = items
    ours, theirs = both(file(ds))
    listed = tags_of(ours)
    assert (listed["cut"], len(listed["rows"]) <= MOST_ROWS + 1) == (True, True)
    assert listed["total"] == len(list(elements(theirs)))
    last = f"phoi {MOST_ROWS - 1}"
    found = tags_of(ours, search=last)
    assert not found["cut"]
    assert [row.get("value", row.get("item", "sequence")) for row in found["rows"]] == [
        "sequence",
        MOST_ROWS,
        f"Phổi {MOST_ROWS - 1}",
    ]
    assert [row["keyword"] for row in tags_of(ours, search="patient name")["rows"]] == ["PatientName"]

"""Clients write the Accept header in many ways; all that can be meant are understood."""

import pytest

from app.base.errors import Unsupported
from app.dicomweb.media import MediaRange, accepted, data_set_type, matches


@pytest.mark.parametrize(
    "header",
    [
        "multipart/related; type=application/octet-stream; transfer-syntax=*",  # OHIF
        'multipart/related; type="application/octet-stream"; transfer-syntax="*"',
        'MULTIPART/RELATED;TYPE="application/octet-stream";transfer-syntax=*;q=0.9',
    ],
)
def test_quotes_and_case_do_not_matter(header: str) -> None:
    (found,) = accepted(header)
    assert (found.media_type, found.multipart, found.transfer_syntax) == (
        "application/octet-stream",
        True,
        "*",
    )


def test_commas_inside_quotes_do_not_separate() -> None:
    found = accepted('multipart/related; type="a,b"; x="1,2", image/jpeg')
    assert [item.media_type for item in found] == ["a,b", "image/jpeg"]


def test_quality_orders_and_zero_refuses() -> None:
    found = accepted("image/png;q=0.5, image/jpeg;q=0.9, image/gif;q=0")
    assert [item.media_type for item in found] == ["image/jpeg", "image/png"]


def test_no_header_means_anything_and_the_query_counts_first() -> None:
    assert accepted("") == [MediaRange("*/*", multipart=False, transfer_syntax="", quality=1.0)]
    assert accepted("text/html", "application/json")[0].media_type == "application/json"


@pytest.mark.parametrize(
    ("wanted", "offered", "covered"),
    [("*/*", "image/jpeg", True), ("image/*", "image/png", True), ("image/jpeg", "image/png", False)],
)
def test_wildcards_cover(wanted: str, offered: str, *, covered: bool) -> None:
    assert matches(wanted, offered) is covered


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("application/json", "application/json"),
        ("application/dicom+json, application/json", "application/dicom+json"),
        ("*/*", "application/dicom+json"),
        ('multipart/related; type="application/dicom+xml"', "application/dicom+xml"),
        ("multipart/related; type=application/dicom+xml;q=0.1, application/json;q=0.2", "application/json"),
    ],
)
def test_data_sets_are_given_under_the_name_that_was_asked_for(header: str, given: str) -> None:
    assert data_set_type(accepted(header), xml=True) == given


def test_xml_comes_in_parts_and_where_it_is_offered() -> None:
    for header, xml in (
        ("application/dicom+xml", True),
        ('multipart/related; type="application/dicom+xml"', False),
    ):
        with pytest.raises(Unsupported):
            data_set_type(accepted(header), xml=xml)

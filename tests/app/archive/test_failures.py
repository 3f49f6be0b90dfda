"""Every error that can end a storing has one DICOM code, whatever door it came by."""

import pytest

from app.archive.failures import BY_KIND, failure_of
from app.base.errors import KINDS, Conflict, HoichanError, Unavailable, Unsupported


def test_every_kind_of_error_has_a_code() -> None:
    assert set(BY_KIND) == {*KINDS, "error"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Conflict("uid_collision", "x"), 0xC002),
        (Unavailable("disk_full", "x"), 0xA700),
        (Unsupported("unknown_transfer_syntax", "x"), 0xC122),
        (Unsupported("video", "x"), 0xC001),
    ],
)
def test_an_error_of_its_own_code_comes_before_its_kind(error: HoichanError, code: int) -> None:
    assert failure_of(error) == code

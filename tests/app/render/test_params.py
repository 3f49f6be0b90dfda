"""A query becomes a small frozen object, or a sentence that says what is wrong."""

import pytest

from app.base.errors import Invalid
from app.render.params import FrameParams, Window


def test_an_empty_query_asks_for_the_default_picture() -> None:
    assert FrameParams.from_query({}) == FrameParams()


def test_every_field_is_understood() -> None:
    params = FrameParams.from_query(
        {
            "center": "-600",
            "width": "1500.5",
            "function": "SIGMOID",
            "box": "512x256",
            "quality": "70",
            "type": "png",
        }
    )
    window = Window(-600, 1500.5, "SIGMOID")
    assert params == FrameParams(window=window, box=(512, 256), quality=70, media_type="image/png")
    assert FrameParams.from_query({"voi_lut": "1", "invert": "1"}) == FrameParams(
        voi_lut_index=1, invert=True
    )
    assert FrameParams.from_query({"colour": "full"}).media_type == "image/png"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"windowCenter": "1"}, "unknown_field"),
        ({"center": "1"}, "bad_window"),
        ({"center": "1", "width": "0"}, "bad_window"),
        ({"center": "1", "width": "-4"}, "bad_window"),
        ({"center": "1", "width": "0.5"}, "bad_window"),
        ({"center": "nan", "width": "4"}, "bad_window"),
        ({"center": "1", "width": "inf"}, "bad_window"),
        ({"center": "1", "width": "1e400"}, "bad_window"),
        ({"center": "1", "width": "4", "function": "LOG"}, "bad_window"),
        ({"center": "1", "width": "4", "voi_lut": "0"}, "bad_window"),
        ({"voi_lut": "-1"}, "bad_window"),
        ({"box": "100"}, "bad_box"),
        ({"box": "0x10"}, "bad_box"),
        ({"box": "99999x10"}, "bad_box"),
        ({"box": "-1x10"}, "bad_box"),
        ({"quality": "0"}, "bad_quality"),
        ({"quality": "101"}, "bad_quality"),
        ({"quality": "high"}, "bad_quality"),
        ({"quality": "1e2"}, "bad_quality"),
        ({"type": "gif"}, "bad_type"),
        ({"colour": "sepia"}, "bad_type"),
        ({"invert": "perhaps"}, "bad_flag"),
    ],
)
def test_what_makes_no_sense_is_refused(query: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        FrameParams.from_query(query)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_a_narrow_window_is_fine_where_its_function_allows_it() -> None:
    assert Window(0.5, 0.01, "LINEAR_EXACT").width == 0.01

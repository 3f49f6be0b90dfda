"""Form 27/BV2 as somebody reads it, the same bytes each time; no word becomes markup."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader

from consults.papers.minutes_pdf import minutes_pdf

MOST_DIGITS_IN_A_LINE = 100  # between the margins, in the smallest type of running text
MEMBER = {
    "person_id": None,
    "name": "BS. Hoàng Văn Bổng",
    "title": "Trưởng khoa",
    "unit": "Bệnh viện Tỉnh Bến Thủy",
    "side": "consulting",
    "licence_number": "004567/NA-CCHN",
    "joined_at": "2026-11-22T01:00:00+00:00",
    "left_at": None,
}


def _minutes(**change: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "paper_number": "12",
        "department": "Cấp cứu",
        "room": "3",
        "bed": "7",
        "treated_from": "2026-11-20",
        "treated_to": None,
        "diagnosis": "Chấn thương sọ não",
        "held_from": "2026-11-22T01:05:00+00:00",
        "held_to": "2026-11-22T02:00:00+00:00",
        "referring_point": "BV An Bình",
        "consulting_point": "BV Bến Thủy",
        "members": [MEMBER],
        "chair": 0,
        "course": "Ngã *cao* 3 m #pagebreak() $x$\nĐau đầu",
        "conclusions": [{"question": 1, "text": "Không xuất huyết"}],
        "conclusion": "Theo dõi tại viện",
        "dissent": "",
        "treatment": "Chụp lại sau 6 giờ",
        "recorded": False,
    }
    patient = {"name": "NGUYỄN VĂN AN", "id": "BN1", "birth_date": "19700102", "sex": "M"}
    study = {"description": "CT SỌ NÃO", "accession_number": "A123", "date": "20261122", "images": 40}
    facts = {
        "number": "AB-2026-1",
        "patient": patient,
        "referring": {"hospital": "Bệnh viện Đa khoa An Bình", "person": "BS. Ái"},
        "consulting": {"hospital": "Bệnh viện Tỉnh Bến Thủy", "person": MEMBER["name"]},
        "basis": {"mode": "consultation", "agreement": {"number": "01/2026/HĐ-HC"}},
        "studies": [{**study, "modalities": ["CT"]}, {"description": "Đã hết quyền"}],
        "questions": [{"number": 1, "text": "Có xuất huyết không?"}],
        "decision": None,
    }
    return {
        "state": "circulated",
        "version": 2,
        "secretary": {"name": "BS. Trần Văn Đạo"},
        "content": {**content, **change},
        "facts": facts,
        "read_by": [],
        "unread_by": ["BS. Ái"],
    }


def _shown(page: PageObject) -> Iterator[bytes]:
    """What is drawn, as two bytes a glyph; glyph 0 is the empty box."""
    content = page.get_contents()
    assert content is not None
    for operands, operator in content.operations:
        if operator in {b"Tj", b"TJ"}:
            pieces = operands[0] if operator == b"TJ" else operands
            yield from (piece.original_bytes for piece in pieces if hasattr(piece, "original_bytes"))


def _words(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_the_first_page_is_the_form_and_the_second_what_was_remote() -> None:
    first, second = _words(minutes_pdf(_minutes()))

    for said in (
        "MS: 27/BV2",
        "BV: Bệnh viện Đa khoa An Bình",
        "NGUYỄN VĂN AN",
        "Tuổi: 56",
        "Nam/Nữ: Nam",
        "Đã điều trị từ ngày 20/11/2026 đến ngày",
        "08 giờ 05 phút, ngày 22/11/2026",
        "Chủ tọa: BS. Hoàng Văn Bổng",
        "Thư ký: BS. Trần Văn Đạo",
        "Ngã *cao* 3 m #pagebreak() $x$ Đau đầu",
        "Theo dõi tại viện",
        "Chụp lại sau 6 giờ",
        "(ký, ghi rõ họ tên)",
    ):
        assert said in first
    for said in (
        "Hội chẩn giữa hai cơ sở, hợp đồng số 01/2026/HĐ-HC",
        "004567/NA-CCHN",
        "08:00 22/11/2026",
        "A123",
        "22/11/2026",
        "1. Có xuất huyết không?",
        "Không xuất huyết",
        "Không có.",
        "Chưa xác nhận đã đọc: BS. Ái",
        "Lãnh đạo bên tư vấn",
        "Trang 2/2",
    ):
        assert said in second


def test_equal_minutes_give_equal_bytes_with_every_letter_embedded() -> None:
    made = minutes_pdf(_minutes())

    assert minutes_pdf(_minutes()) == made
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in PdfReader(BytesIO(made)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # as pypdf types a page
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)
    assert all("Libertinus" in font["/FontName"] for font in fonts)


def test_a_word_longer_than_a_line_goes_on_in_the_next_and_stays_one_word() -> None:
    word = "".join(f"{number:03}" for number in range(100)) + "ế"
    minutes = _minutes(course=f"Xem {word} hết", department=word[:200], bed=word[:40])
    minutes["content"]["members"] = [{**MEMBER, "name": word[:200]}]
    minutes["facts"]["questions"][0]["text"] = word
    made = minutes_pdf(minutes)

    lines = [line for page in PdfReader(BytesIO(made)).pages for line in page.extract_text().splitlines()]
    assert max(len(line.strip(".")) for line in lines) < MOST_DIGITS_IN_A_LINE
    said = "".join("".join(_words(made)).split())
    assert said.count(word) == 2
    assert said.count(word[:200]) > 4


def test_emoji_stand_there_by_name_and_no_box_is_empty() -> None:
    course = "Đỡ đau 👍🏽, dị ứng \N{CROSS MARK}, đèn 🟢🔴, \N{WARNING SIGN}\ufe0f sốt ≥ 39 → cấp cứu \N{HEAVY CHECK MARK}"
    pages = PdfReader(BytesIO(minutes_pdf(_minutes(course=course, treatment="⛔ 🩻 ⚽ 🧠 ✅ ❓ 🇻🇳")))).pages

    (said,) = [" ".join(page.extract_text().split()) for page in pages if "Đỡ đau" in page.extract_text()]
    assert "Đỡ đau [thumbs up sign], dị ứng [cross mark], đèn [large green circle][large red circle]" in said
    assert "\N{WARNING SIGN} sốt ≥ 39 → cấp cứu \N{HEAVY CHECK MARK}" in said
    assert "[no entry] [x-ray] [soccer ball] [brain]" in said
    drawn = [shown for page in pages for shown in _shown(page)]
    assert drawn
    assert not [shown for shown in drawn if b"\0\0" in [shown[at : at + 2] for at in range(0, len(shown), 2)]]


def test_very_long_minutes_go_on_over_the_page() -> None:
    pages = _words(minutes_pdf(_minutes(course="Diễn biến. " * 1500)))

    assert len(pages) > 3
    assert "PHẦN BỔ SUNG" in pages[-1]

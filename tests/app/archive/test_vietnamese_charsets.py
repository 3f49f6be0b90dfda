"""Names in sets DICOM does not know are read as meant; everybody else's names stay as they are."""

import itertools

import pytest

from app.archive.charset import AS_DECLARED, believed_of, decode
from app.archive.charset_guess import CHARSETS, guess, read
from app.archive.part10 import read_part10
from tests import dicomgen
from tests.vietnamese_names import encoded, full_names

_WESTERN = """
Müller Schäfer Jürgen Groß Günther Böhm Köhler Götz Schröder Jäger Hübner Bär Fuß Lüth François Hélène Dupré René
André Zoé Noé Léa Chloé Jérôme Lefèvre Béatrice Gaël Raphaël Benoît Aurélie Mélanie Noël Crépin Hervé Angélique Désiré
Pérez Núñez Peña José Inés María Óscar Iñigo Sánchez Gómez Álvaro João Conceição Araújo Gonçalves Sørensen Åse Bjørn
Ása Björk Sigurður Jón Märta Sjöberg Åkesson Mäkinen Hämäläinen Élodie Éric Ève Émile Maïté Strauß Weiß Krüger Möller
"""
_FIRST = (
    "Hans Peter Anne Marie Jean Pierre Carlos Luc Paul Eva Nina Lena Max Karl Otto Hugo Tom Kim An Mai Thu"
)
WESTERN, FIRST = _WESTERN.split(), _FIRST.split()
FAR_EASTERN = [
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", "ISO 2022 IR 87", "iso2022_jp"),
    ("Hong^Gildong=洪^吉洞=홍^길동", "ISO 2022 IR 149", "euc_kr"),
    ("Wang^XiaoDong=王^小东", "GB18030", "gb18030"),
    ("Яблоко Эхо", "ISO_IR 144", "iso8859_5"),
    ("Διονυσιος", "ISO_IR 126", "iso8859_7"),
]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("labels", [(), ("ISO_IR 100",)])
def test_of_500_invented_names_at_least_99_in_100_are_read_as_meant(
    charset: str, labels: tuple[str, ...]
) -> None:
    wrong = []
    for name in full_names(500):
        value = encoded(name, charset)
        believed = believed_of([value], (), labels)
        if decode(value, labels, believed, name=True)[0] != name:
            wrong.append((name, believed))
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize("charset", sorted(CHARSETS))
def test_a_confirmed_set_needs_no_guess_and_is_always_right(charset: str) -> None:
    for name in full_names(500):
        found = decode(encoded(name, charset), ("ISO_IR 100",), charset, name=True)[0]
        # Of a name like VŨ^VỸ TCVN3's bytes do not say whether the letters with a tone are capitals.
        assert found == name or (charset == "TCVN3" and found.upper() == name)


def test_ascii_is_never_touched() -> None:
    names = ["NGUYEN VAN DUC", "Tran^Thi Hong", "Smith^John^^Dr", "DOAN HOANG (BN 12/3)", ""]
    assert [believed_of([name.encode()], (), ()) for name in names] == [""] * len(names)
    for name in names:
        assert decode(name.encode(), ("ISO_IR 100",), "TCVN3", name=True) == (name, False)


def test_names_of_europe_are_never_touched() -> None:
    pairs = [f"{family}^{first}" for family, first in itertools.product(WESTERN, FIRST)]
    both = [f"{one} {other}" for one, other in itertools.combinations(WESTERN, 2)]
    texts = [*WESTERN, *pairs, *both, *(name.upper() for name in WESTERN if "ß" not in name)]
    assert {text: found for text in texts if (found := guess([text.encode("latin-1")]))} == {}


@pytest.mark.parametrize(("name", "label", "codec"), FAR_EASTERN)
def test_what_other_labels_say_is_believed(name: str, label: str, codec: str) -> None:
    assert believed_of([name.encode(codec)], (), ["", label]) == ""
    assert believed_of([name.encode(codec)], (), [label]) == ""


def test_correct_vietnamese_is_left_alone_whatever_the_device_was_confirmed_to_send() -> None:
    name = "Nguyễn Thị Hường"
    assert believed_of([name.encode()], (), ["ISO_IR 192"]) == ""
    assert decode(name.encode(), ["ISO_IR 192"], "TCVN3", name=True)[0] == name


def test_utf_8_under_a_label_it_cannot_have_is_guessed_too() -> None:
    assert believed_of([encoded("Nguyễn Văn Đức", "TCVN3")], (), ["ISO_IR 192"]) == "TCVN3"


def test_taken_at_its_word_nothing_is_repaired() -> None:
    assert decode("Lê".encode(), ["ISO_IR 100"], AS_DECLARED)[0] == "LÃª"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b"NGUY\xd4N V\xa1N \xa7\xf8C", "NGUYỄN VĂN ĐỨC"),  # a font of capitals for the letter with a tone
        (b"nguy\xd4n v\xa8n \xae\xf8c", "Nguyễn Văn Đức"),  # the whole name typed small, in such a font
        (b"Nguy\xd4n Th\xde \xb8nh", "Nguyễn Thị Ánh"),
        (b"L\xaa V\xa8n \xac", "Lê Văn Ơ"),
        (b"B\xb8c s\xdc^Tr\xc7n \xa7\xd7nh", "Bác sĩ^Trần Đình"),  # an s could have been a capital
    ],
)
def test_capitals_of_tcvn3_follow_the_letters_around_them(sent: bytes, meant: str) -> None:
    assert read(sent, "TCVN3", name=True) == meant


def test_a_byte_the_set_does_not_have_leaves_a_mark_and_the_rest() -> None:
    assert read(b"Nguy\xd4n \xff", "TCVN3", name=True) == "Nguyễn \ufffd"


@pytest.mark.parametrize(
    ("charset", "name"),
    [("CP1258", "Bùi^Công"), ("VISCII", "Ngô^Tú"), ("CP1258", "Ngo^Tu"), ("VNI", "Ngo^Tu")],
)
def test_a_patients_name_that_reads_the_same_leaves_the_guess_to_the_other_texts(
    charset: str, name: str
) -> None:
    physician, description = "Bác sĩ^Trần Đình", "Cắt lớp sọ não"
    data = dicomgen.ct_slice(
        SpecificCharacterSet="ISO_IR 100",
        patient_name=encoded(name, charset).decode("latin-1"),
        ReferringPhysicianName=encoded(physician, charset).decode("latin-1"),
        StudyDescription=encoded(description, charset).decode("latin-1"),
    )
    part10 = read_part10(data)
    assert (part10.patient.name, part10.study.guessed_charset) == (name, charset)
    assert (part10.study.referring_physician_name, part10.study.description) == (physician, description)


def test_a_name_that_would_read_otherwise_is_not_guessed_by_other_texts() -> None:
    data = dicomgen.ct_slice(
        SpecificCharacterSet="ISO_IR 100",
        patient_name="Ngô^Tú",
        StudyDescription="CT",
        ReferringPhysicianName=encoded("Trần^Thị Hường", "TCVN3").decode("latin-1"),
    )
    assert read_part10(data).patient.name == "Ngô^Tú"

"""One catalogue: every sentence keeps its placeholders in Vietnamese, and nothing is translated twice differently."""

import re
from collections import defaultdict

from babel.messages.pofile import read_po

from app.base.i18n import FOLDER, translate

PLACEHOLDER = re.compile(r"\{[a-z_]*\}")


def _messages() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for file in (FOLDER / "vi").glob("*.po"):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="vi"):
                if message.id:
                    found[str(message.id)].add(str(message.string))
    return found


def test_placeholders_survive_translation() -> None:
    for english, vietnamese in _messages().items():
        for sentence in vietnamese:
            assert sorted(set(PLACEHOLDER.findall(english))) == sorted(set(PLACEHOLDER.findall(sentence))), (
                english
            )


def test_no_sentence_is_left_without_vietnamese() -> None:
    assert [english for english, found in _messages().items() if "" in found] == []


def test_no_sentence_has_two_translations() -> None:
    assert {english: found for english, found in _messages().items() if len(found) > 1} == {}


def test_translate_fills_placeholders_in_both_languages() -> None:
    message = "Too many tries. Wait {seconds} seconds and try again."
    assert translate("en", message, seconds=5) == "Too many tries. Wait 5 seconds and try again."
    assert translate("vi", message, seconds=5) == "Quá nhiều lần thử. Hãy đợi 5 giây rồi thử lại."


def test_no_sentence_stands_in_two_fragments() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in (FOLDER / "vi").glob("*.po"):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="vi"):
                if message.id:
                    places[str(message.id)].append(file.name)
    assert {english: files for english, files in places.items() if len(files) > 1} == {}

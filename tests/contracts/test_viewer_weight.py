"""What the viewer weighs on a thin line: the first image waits for little, and all of it together is small."""

import pytest

from app.edge.bundles import bundle
from tests.bench.weight import weigh

LANGUAGES = ("vi", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_image_waits_for_less_than_60_kb(language: str) -> None:
    assert weigh("viewer", language).first_bytes < 60_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_viewer_is_below_150_kb(language: str) -> None:
    assert weigh("viewer", language).whole_bytes < 150_000


@pytest.mark.parametrize("entry", ["viewer", "room"])
def test_nothing_is_loaded_at_once_that_the_page_has_not_asked_for(entry: str) -> None:
    """No script is found only after another has come: each such step costs a round trip."""
    asked = bundle(entry, "vi")
    named = {
        address.removeprefix("/static/viewer/") for address in asked.scripts + asked.preloads + asked.styles
    }
    assert named == set(weigh(entry, "vi").first)


def test_who_reads_english_loads_no_vietnamese() -> None:
    english, vietnamese = weigh("viewer", "en"), weigh("viewer", "vi")
    assert english.first.keys() < vietnamese.first.keys()
    assert len(vietnamese.first.keys() - english.first.keys()) == 1
    assert english.whole_bytes < vietnamese.whole_bytes
    assert bundle("viewer", "en").scripts == bundle("viewer", "vi").scripts[1:]

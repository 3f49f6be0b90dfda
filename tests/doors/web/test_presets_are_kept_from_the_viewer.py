"""The viewer keeps window presets for its person, or for the hospital when that person manages it."""

from tests.website import Website

PRESETS = {"CT": [{"name": "Phổi", "center": -500.0, "width": 1400.0}]}
ADDRESS = "/viewer/preferences/window_presets"


def test_whoever_manages_the_viewer_keeps_them_for_the_hospital(site: Website) -> None:
    dung, alice = (site.signed_in(who) for who in (site.cast.dung, site.cast.alice))
    assert alice.send_json("PUT", ADDRESS, PRESETS).get_json() == PRESETS
    assert alice.send_json("PUT", f"{ADDRESS}?for=hospital", PRESETS).status_code == 403
    assert dung.send_json("PUT", f"{ADDRESS}?for=hospital", PRESETS).status_code == 200

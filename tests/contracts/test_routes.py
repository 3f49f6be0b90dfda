"""Every address of the house, with its methods and who may come in, is in the golden list: a change is seen in review.

After a wanted change: HOICHAN_WRITE_GOLDEN=1 python -m pytest tests/contracts/test_routes.py
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.base.settings import Settings
from app.edge.actor import OWN_ROUTES
from app.edge.rules import rule_of
from app.main.platform import open_engines
from app.main.web import create_web

GOLDEN = Path(__file__).parents[1] / "golden" / "routes.txt"


@pytest.fixture
def flask_app(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    settings.data_dir.mkdir()
    engines = open_engines(settings)
    yield create_web(engines.services)
    engines.close()


def _lines(flask_app: Flask) -> list[str]:
    lines = []
    for route in flask_app.url_map.iter_rules():
        if route.endpoint in OWN_ROUTES:
            continue
        rule = rule_of(flask_app.view_functions[route.endpoint])
        assert rule is not None, f"{route.rule} declares no permission"
        who = (
            rule.name
            + (" +device" if rule.devices else "")
            + (" +link" if rule.links else "")
            + (" +guest" if rule.guests else "")
        )
        methods = ",".join(sorted((route.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"{route.rule}  {methods}  {who}")
    return sorted(lines)


def test_routes_and_their_permissions_are_the_golden_ones(flask_app: Flask) -> None:
    lines = _lines(flask_app)
    if os.environ.get("HOICHAN_WRITE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_nothing_that_changes_is_open_to_everybody_unless_named_here(flask_app: Flask) -> None:
    open_ = [line for line in _lines(flask_app) if line.endswith("  public") and "GET  " not in line]
    allowed = ("/sign-in", "/language", "/invitations/", "/r/", "/oidc", "/result", "/g/")
    assert [line for line in open_ if not line.startswith(allowed)] == []

"""index.html of a package: in the words of whoever asked for it, without scripts, every word escaped."""

from datetime import datetime
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from app.base.i18n import Language, translate
from app.edge.moments import INDOCHINA
from consults.attachments.kinds import Kind
from consults.lifecycle import STATE_NAMES
from consults.papers.gathering import Told
from consults.papers.package import Package

TEMPLATES = Path(__file__).parents[1] / "templates"


@cache
def _environment() -> Environment:
    """A worker has no web application."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["moment"] = _moment
    return made


def package_page(told: Told, package: Package, language: str) -> str:
    """What is told and what is in the package."""
    spoken: Language = "en" if language == "en" else "vi"
    template = _environment().get_template("consults/package_page.html")
    return template.render(
        _=partial(translate, spoken),
        language=spoken,
        told=told,
        package=package,
        case_files=[one for one in told.files if one.id in package.files],
        papers=[name for name in package.names if name.startswith(("DICOM/", "fhir", "minutes"))],
        pictures_of=Kind.PHOTO,
        names=STATE_NAMES,
    )


def _moment(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(INDOCHINA):%H:%M %d/%m/%Y}"

"""index.html of a package: in the words of whoever asked for it, without scripts, every word escaped."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from app.base.clock import VIETNAM
from app.base.i18n import Language, translate
from app.evidence.marks import words_of
from app.evidence.subjects import Mark
from consults.attachments.kinds import Kind
from consults.lifecycle import STATE_NAMES
from consults.opinions.written import texts_of
from consults.papers.gathering import Told
from consults.papers.grades import AGREEMENTS, FOLLOWS, signers_of
from consults.papers.outlines import outlines
from consults.papers.package import Package
from consults.papers.shots import Shot, shot_of_line, shot_of_mark

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
        lines=[(line, _picture_of_line(told, package, line)) for line in told.lines],
        marked=_marked(told, package),
        case_files=[one for one in told.files if one.id in package.files],
        papers=[name for name in package.names if name.startswith(("DICOM/", "fhir", "minutes"))],
        pictures_of=Kind.PHOTO,
        names=STATE_NAMES,
        follows=FOLLOWS,
        agreements=AGREEMENTS,
        signers=signers_of(told.opinions),
        texts_of=partial(texts_of, told.opinions["written"]),
    )


def _picture_of_line(told: Told, package: Package, line: dict[str, Any]) -> str | None:
    shot = shot_of_line(line, told.known)
    return package.pictures.get(shot) if shot else None


@dataclass(frozen=True)
class Marked:
    """One image with its marks: their numbers, authors, words, and lines in pixels of the image. `picture` None: it
    cannot be drawn, or not for this reader.
    """

    picture: str | None
    columns: int
    rows: int
    marks: list[tuple[int, str, str, list[str]]]


def _marked(told: Told, package: Package) -> list[Marked]:
    """In the order of their first marks."""
    by_shot: dict[Shot, Marked] = {}
    for number, told_mark in enumerate(told.marks, 1):
        shot, mark = shot_of_mark(told_mark), Mark.from_json(told_mark)
        scene = told.scenes.get(shot)
        size = (scene.columns, scene.rows) if scene else (1, 1)
        one = by_shot.setdefault(shot, Marked(package.pictures.get(shot), *size, []))
        drawn = [" ".join(f"{x:.1f},{y:.1f}" for x, y in line) for line in outlines(mark, one.columns)]
        one.marks.append((number, mark.author.name, words_of(mark), drawn))
    return list(by_shot.values())


def _moment(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(VIETNAM):%H:%M %d/%m/%Y}"

"""Door: covering what names the patient in pictures, drawn or typed, before guests see them who may not know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.archive.covers import Pictures
from app.archive.queries import locate_frame
from app.base.actor import Permission
from app.base.errors import HoichanError, Invalid, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.services import Services
from app.render.frames import Renderer
from consults.guests.masks import CaseToCover, StudyToCover, cover_images, open_case_to_cover
from consults.guests.schemas import CoverImages
from consults.schemas import parse

SIDES = ("left", "top", "width", "height")
EMPTY_ROWS = 2


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/masks, for the referring side."""
    pages = _Masks(services)
    door.get("/<consult_id>/masks")(pages.overview)
    one = "/<consult_id>/masks/<series_id>/<int:columns>/<int:rows>"
    door.get(one, endpoint="mask")(pages.one)
    door.post(one, endpoint="cover_images")(pages.cover)


@dataclass(frozen=True)
class Shown:
    """Pictures of one size with how they stand: waiting, covered, clean or open (nothing holds them back)."""

    study: StudyToCover
    pictures: Pictures
    standing: str

    @property
    def address(self) -> str:
        """Of the first picture, after the site."""
        instance_id, number = self.pictures.frames[0]
        return f"/stream/{self.study.key}/rendered/{instance_id}/{number}"


class _Masks:
    def __init__(self, services: Services) -> None:
        self.services = services
        self._renderer: Renderer = services.renderer

    @requires(Permission.CONSULT_ASK)
    def overview(self, consult_id: str) -> str:
        case = self._open(consult_id)
        shown = [Shown(study, one, self._standing(one)) for study in case.studies for one in study.pictures]
        return render_template(
            "consults/masks.html",
            case=case,
            first=[one for one in shown if one.standing != "open"],
            others=[one for one in shown if one.standing == "open"],
        )

    @requires(Permission.CONSULT_ASK)
    def one(self, consult_id: str, series_id: str, columns: int, rows: int) -> str:
        case = self._open(consult_id)
        return _page(case, self._find(case, (series_id, columns, rows)))

    @requires(Permission.CONSULT_ASK)
    def cover(
        self, consult_id: str, series_id: str, columns: int, rows: int
    ) -> BaseResponse | tuple[str, int]:
        try:
            wish = parse(
                CoverImages,
                {
                    "consult_id": consult_id,
                    "series_id": series_id,
                    "columns": columns,
                    "rows": rows,
                    "areas": _areas_said(),
                    "until": _until_said(),
                },
            )
            with self.services.db.transaction() as tx:
                cover_images(tx, current_actor(), wish=wish)
        except Invalid as error:
            case = self._open(consult_id)
            shown = self._find(case, (series_id, columns, rows))
            return _page(case, shown, gettext(error.message, **error.params)), status_of(error)
        held = wish.areas is None
        flash("done", "These images are held back again." if held else "Guests see these images now.")
        return redirect(f"/consults/{consult_id}/masks", 303)

    def _open(self, consult_id: str) -> CaseToCover:
        with self.services.db.transaction() as tx:
            return open_case_to_cover(tx, current_actor(), consult_id)

    def _find(self, case: CaseToCover, wanted: tuple[str, int, int]) -> Shown:
        for study in case.studies:
            for one in study.pictures:
                if (one.series_id, one.columns, one.rows) == wanted:
                    return Shown(study, one, self._standing(one))
        raise NotFound

    def _standing(self, pictures: Pictures) -> str:
        if pictures.cover is not None and not pictures.newer:
            return "covered" if pictures.cover.rectangles else "clean"
        return "waiting" if pictures.newer or self._may_name(pictures) else "open"

    def _may_name(self, pictures: Pictures) -> bool:
        """By the headers of a few: a machine says the same in all images of a series."""
        frames = pictures.frames
        return any(self._is_held(one) for one in {frames[0], frames[len(frames) // 2], frames[-1]})

    def _is_held(self, frame: tuple[str, int]) -> bool:
        instance_id, number = frame
        try:
            with self.services.db.reading() as tx:
                place = locate_frame(tx, current_actor(), instance_id=instance_id, frame_number=number)
            return self._renderer.description(place).may_name
        except HoichanError:
            return False  # damaged: nobody sees it


def _page(case: CaseToCover, shown: Shown, problem: str = "") -> str:
    areas = _entered() if problem else _known(shown.pictures)
    return render_template(
        "consults/mask.html",
        case=case,
        shown=shown,
        areas=[*areas, *([("",) * 4] * EMPTY_ROWS)],
        problem=problem,
    )


def _known(pictures: Pictures) -> list[Sequence[Any]]:
    found = pictures.cover.rectangles if pictures.cover else ()
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in found]


def _entered() -> list[Sequence[str]]:
    columns = [request.form.getlist(side) for side in SIDES]
    return [row for row in zip_longest(*columns, fillvalue="") if any(text.strip() for text in row)]


def _areas_said() -> list[tuple[int, int, int, int]] | None:
    said = request.form.get("said")
    if said == "back":
        return None
    if "looked" not in request.form:
        raise Invalid("not_looked", "Look through all the images first, and say so.")
    if said == "nothing":
        return []
    areas = [_area(row) for row in _entered()]
    if not areas:
        raise Invalid("no_area", "Draw at least one area, or say that nothing is written in the images.")
    return areas


def _until_said() -> str:
    """What the page was shown until; a time of no calendar goes on to be refused as none."""
    text = request.form.get("until", "")
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (OverflowError, ValueError):
        return ""
    return text


def _area(row: Sequence[str]) -> tuple[int, int, int, int]:
    try:
        left, top, width, height = (int(text) for text in row)
    except ValueError:
        raise Invalid("bad_area", "An area lies outside of the picture. Draw it again.") from None
    return left, top, left + width, top + height

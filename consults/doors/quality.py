"""Door: differences between first and second readings, for quality meetings."""

from collections import Counter
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.flash import flash
from app.edge.language import language
from app.edge.services import Services
from consults.opinions.differences import compare, csv_of
from consults.opinions.quality import GRADE_NAMES, grade_reading, list_pairs, pair_info
from consults.opinions.schemas import GradeReading
from consults.schemas import parse
from consults.urgency import URGENCY_NAMES


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/quality."""

    @door.get("/quality")
    @requires(Permission.CONSULT_DISCUSS)
    def quality() -> BaseResponse | str:
        """With `as=csv` as a table for spreadsheets."""
        with services.db.reading() as tx:
            pairs = list_pairs(tx, current_actor())
        if request.args.get("as") == "csv":
            return send_file(
                BytesIO(csv_of(pairs, language())), "text/csv; charset=utf-8", True, "quality.csv"
            )
        graded = Counter(pair.grade for pair in pairs)
        names = {"grade_names": GRADE_NAMES, "urgency_names": URGENCY_NAMES}
        return render_template("consults/quality.html", pairs=pairs, graded=graded, **names)

    @door.get("/quality/<pair_id>")
    @requires(Permission.CONSULT_DISCUSS)
    def pair(pair_id: str) -> str:
        with services.db.reading() as tx:
            info = pair_info(tx, current_actor(), pair_id)
        compared = [(words, compare(words.first, words.second)) for words in info.words]
        return render_template(
            "consults/quality_case.html", pair=info, compared=compared, grade_names=GRADE_NAMES
        )

    @door.post("/quality/<pair_id>")
    @requires(Permission.CONSULT_DISCUSS)
    def grade(pair_id: str) -> BaseResponse:
        wish = parse(GradeReading, {name: request.form.get(name, "") for name in ("grade", "note")})
        with services.db.transaction() as tx:
            grade_reading(tx, current_actor(), pair_id=pair_id, wish=wish)
        flash("done", "Saved.")
        return redirect(f"/consults/quality/{pair_id}", 303)

"""Door: the roster, duty groups, the coordinator's board, giving a case away, and the board of the province."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import SYSTEM, Permission, Role
from app.base.clock import VIETNAM, now
from app.base.db import Tx
from app.base.errors import HoichanError, Invalid, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.page_config import page_config
from app.edge.services import Services
from app.identity.queries import PersonInfo, people_of
from consults.days import day_named, is_known
from consults.dispatch import queries, roster
from consults.dispatch.actions import hand_over, hand_over_all, reassign
from consults.dispatch.board import Column, board
from consults.dispatch.province import province
from consults.dispatch.schemas import GroupInput, HandOver, HandOverAll, Reassign
from consults.lifecycle import STATE_NAMES, Verb
from consults.queries import allowed_in
from consults.schemas import parse
from consults.urgency import URGENCY_NAMES

COORDINATE = requires(Permission.CONSULT_COORDINATE)
ANSWER = requires(Permission.CONSULT_ANSWER)
DISCUSS = requires(Permission.CONSULT_DISCUSS)
COLUMN_NAMES: dict[Column, str] = {
    Column.DUPLICATE: "Asked twice within a day",
    Column.FAULTY: "Images to be looked at again",
    Column.RETURNED: "Sent back",
    Column.RUNNING: "Being read",
    Column.SLOW: "Promise at risk or missed",
    Column.WAITING: "Waiting for acceptance",
}
NUMBERS = ("emergency", "urgent", "routine")


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/board, /groups, /roster, /handover, /province and /consults/<id>/give."""
    offer(door, NavItem(19, "/consults/board", "Coordination", (Permission.CONSULT_COORDINATE,)))
    offer(door, NavItem(23, "/consults/province", "Duty in the province", (Permission.DUTY_WATCH,)))
    _add_boards(door, services)
    _add_giving(door, services)
    _add_handover(door, services)
    _add_groups(door, services)
    _add_roster(door, services)


def _add_boards(door: Blueprint, services: Services) -> None:
    @door.get("/board")
    @COORDINATE
    def coordination() -> str:
        with services.db.reading() as tx:
            told = board(tx, current_actor())
        names = {"state_names": STATE_NAMES, "urgency_names": URGENCY_NAMES, "column_names": COLUMN_NAMES}
        return render_template("consults/board.html", board=told, config=page_config("consults"), **names)

    @door.get("/province")
    @requires(Permission.DUTY_WATCH)
    def duty_in_the_province() -> str:
        with services.db.reading() as tx:
            lines = province(tx, current_actor())
        return render_template("consults/province.html", lines=lines, config=page_config("consults"))


def _add_giving(door: Blueprint, services: Services) -> None:
    def shown(consult_id: str, problem: str = "") -> str:
        with services.db.reading() as tx:
            allowed = allowed_in(tx, current_actor(), consult_id)
            told = queries.giving(tx, current_actor(), consult_id)
        if not {Verb.HANDOVER, Verb.REASSIGN} & allowed:
            raise NotFound
        return render_template("consults/give.html", giving=told, form=request.form, problem=problem)

    @door.get("/<consult_id>/give")
    @DISCUSS
    def give(consult_id: str) -> str:
        return shown(consult_id)

    @door.post("/<consult_id>/give")
    @DISCUSS
    def given(consult_id: str) -> BaseResponse | tuple[str, int]:
        actor = current_actor()
        wish = {"consult_id": consult_id, **_to_whom()}
        try:
            with services.db.transaction() as tx:
                if Verb.HANDOVER in allowed_in(tx, actor, consult_id):
                    hand_over(tx, actor, wish=parse(HandOver, wish))
                else:
                    reassign(tx, actor, wish=parse(Reassign, wish))
        except NotFound:
            raise
        except HoichanError as error:
            return shown(consult_id, gettext(error.message, **error.params)), status_of(error)
        flash("done", "The case is before them now.")
        return redirect(
            "/consults/board" if actor.allows(Permission.CONSULT_COORDINATE) else "/consults", 303
        )


def _add_handover(door: Blueprint, services: Services) -> None:
    def shown(problem: str = "") -> str:
        with services.db.reading() as tx:
            actor = current_actor()
            told = {"count": queries.open_cases_of(tx, actor), "ends_at": queries.shift_ends_at(tx, actor)}
            choices = queries.colleagues(tx, actor)
        asked = {"choices": choices, "form": request.form, "problem": problem}
        return render_template("consults/handover.html", **asked, **told)

    @door.get("/handover")
    @ANSWER
    def handing_over() -> str:
        return shown()

    @door.post("/handover")
    @ANSWER
    def handed_over() -> BaseResponse | tuple[str, int]:
        try:
            wish = parse(HandOverAll, _to_whom())
            with services.db.transaction() as tx:
                count = hand_over_all(tx, current_actor(), wish=wish)
        except NotFound:
            raise
        except HoichanError as error:
            return shown(gettext(error.message, **error.params)), status_of(error)
        flash("done", "Handed over: {count}.", count=str(count))
        return redirect("/consults", 303)


def _to_whom() -> dict[str, Any]:
    return {
        "person_id": request.form.get("person_id") or None,
        "note": request.form.get("note", "").strip()[:1000],
    }


def _add_groups(door: Blueprint, services: Services) -> None:
    @door.get("/groups")
    @DISCUSS
    def groups() -> str:
        with services.db.reading() as tx:
            found = queries.list_groups(tx, current_actor())
        return render_template("consults/groups.html", groups=found)

    @door.get("/groups/new")
    @COORDINATE
    def new_group() -> str:
        return _group_form(services, {})

    @door.post("/groups/new")
    @COORDINATE
    def create_group() -> BaseResponse | tuple[str, int]:
        return _kept(services, None)

    @door.get("/groups/<group_id>")
    @COORDINATE
    def group(group_id: str) -> str:
        with services.db.reading() as tx:
            known = next(
                (one for one in queries.list_groups(tx, current_actor()) if one.id == group_id), None
            )
        if known is None:
            raise NotFound
        members = [person_id for person_id, _ in known.members]
        shown = {name: getattr(known, name) for name in ("name", "specialty", *NUMBERS)}
        shown |= {"members": members, "modalities": " ".join(known.modalities)}
        return _group_form(services, shown, group_id)

    @door.post("/groups/<group_id>")
    @COORDINATE
    def change_group(group_id: str) -> BaseResponse | tuple[str, int]:
        return _kept(services, group_id)

    @door.post("/groups/<group_id>/end")
    @COORDINATE
    def end_group(group_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            roster.end_group(tx, current_actor(), group_id=group_id)
        flash("done", "Saved.")
        return redirect("/consults/groups", 303)


def _kept(services: Services, group_id: str | None) -> BaseResponse | tuple[str, int]:
    form = request.form
    shown: dict[str, Any] = {
        name: form.get(name, "") for name in ("name", "specialty", "modalities", *NUMBERS)
    }
    shown["members"] = form.getlist("members")
    sent = shown | {"modalities": shown["modalities"].replace(",", " ").split()}
    try:
        content = parse(GroupInput, sent)
        with services.db.transaction() as tx:
            roster.keep_group(tx, current_actor(), group_id=group_id, content=content)
    except NotFound:
        raise
    except HoichanError as error:
        return _group_form(services, shown, group_id, gettext(error.message, **error.params)), status_of(
            error
        )
    flash("done", "Saved.")
    return redirect("/consults/groups", 303)


def _group_form(
    services: Services, shown: dict[str, Any], group_id: str | None = None, problem: str = ""
) -> str:
    with services.db.reading() as tx:
        specialists = _specialists(tx)
    form = {"emergency": 5, "urgent": 15, "routine": 60, "members": []} | shown
    asked = {"form": form, "group_id": group_id, "problem": problem, "specialists": specialists}
    return render_template("consults/group_form.html", **asked)


def _specialists(tx: Tx) -> tuple[PersonInfo, ...]:
    home = current_actor().hospital_id
    return people_of(tx, SYSTEM, home, role=Role.SPECIALIST) if home else ()


def _add_roster(door: Blueprint, services: Services) -> None:
    @door.get("/roster")
    @DISCUSS
    def roster_page() -> str:
        return _roster(services, _monday(request.args.get("week", "")))

    @door.post("/roster/add")
    @COORDINATE
    def add_shift() -> BaseResponse | tuple[str, int]:
        def put(tx: Tx) -> None:
            begins_at, ends_at = _span()
            whom = {
                "group_id": request.form.get("group_id", ""),
                "person_id": request.form.get("person_id", ""),
            }
            roster.add_shift(tx, current_actor(), **whom, begins_at=begins_at, ends_at=ends_at)

        return _changed(services, put)

    @door.post("/roster/copy")
    @COORDINATE
    def copy_week() -> BaseResponse | tuple[str, int]:
        def copy(tx: Tx) -> None:
            monday = queries.midnight(_monday(request.form.get("week", "")))
            roster.copy_week(tx, current_actor(), group_id=request.form.get("group_id", ""), monday=monday)

        return _changed(services, copy, weeks=1)

    @door.post("/roster/<shift_id>/remove")
    @COORDINATE
    def remove_shift(shift_id: str) -> BaseResponse | tuple[str, int]:
        return _changed(services, lambda tx: roster.remove_shift(tx, current_actor(), shift_id=shift_id))


def _changed(
    services: Services, change: Callable[[Tx], None], *, weeks: int = 0
) -> BaseResponse | tuple[str, int]:
    monday = _monday(request.form.get("week", ""))
    try:
        with services.db.transaction() as tx:
            change(tx)
    except NotFound:
        raise
    except HoichanError as error:
        return _roster(services, monday, gettext(error.message, **error.params)), status_of(error)
    flash("done", "Saved.")
    return redirect(f"/consults/roster?week={monday + timedelta(weeks=weeks)}", 303)


def _roster(services: Services, monday: date, problem: str = "") -> str:
    with services.db.reading() as tx:
        found = queries.weeks(tx, current_actor(), monday)
    around = {"before": monday - timedelta(weeks=1), "after": monday + timedelta(weeks=1)}
    today = now().astimezone(VIETNAM).date()
    may = current_actor().allows(Permission.CONSULT_COORDINATE)
    around["sunday"] = monday + timedelta(days=6)
    shown = {"weeks": found, "monday": monday, "today": today, "may": may, "problem": problem}
    return render_template("consults/roster.html", day_names=DAY_NAMES, form=request.form, **shown, **around)


DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _monday(text: str) -> date:
    return queries.monday_of(day_named(text, now().astimezone(VIETNAM).date()))


def _span() -> tuple[datetime, datetime]:
    """A shift whose end is not after its beginning ends on the next day."""
    begins_at, ends_at = _shift_time("begins"), _shift_time("ends")
    return begins_at, ends_at if ends_at > begins_at else ends_at + timedelta(days=1)


def _shift_time(name: str) -> datetime:
    day, at = (request.form.get(field, "") for field in ("day", name))
    try:
        moment = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=VIETNAM)
    except ValueError:
        moment = None
    if moment is None or not is_known(moment):
        raise Invalid("bad_shift_time", "Choose a day and the times from and to.")
    return moment

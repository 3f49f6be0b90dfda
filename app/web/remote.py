"""The hospital's other archives: call one, search it, fetch studies from it."""

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.audit.searches import Searches
from app.base.actor import Permission
from app.base.errors import HoichanError, Unavailable
from app.edge.actor import current_actor, requires
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.page_config import page_config
from app.edge.services import Services
from app.routing import actions, queries
from app.routing.network import Remote
from app.routing.queries import RemoteSearch
from app.web import dicom_words, routing_words
from app.web.forms import sentence, text

FETCH = requires(Permission.STUDY_FETCH)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("remote", __name__, url_prefix="/remote")
    offer(door, NavItem(42, "/remote", "Other archives", (Permission.STUDY_FETCH,), "Archive"))
    dicom_words.install(door)
    routing_words.install(door)
    pages = _Pages(services)
    door.get("")(pages.search)
    door.post("/echo")(pages.echo)
    door.post("/fetch")(pages.fetch)
    door.post("/fetches/<fetch_id>/cancel")(pages.cancel)
    door.post("/fetches/<fetch_id>/again")(pages.again)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services
        self._searches = Searches(services.db, "remote")

    @FETCH
    def search(self) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            archives = queries.remotes_of(tx, actor, archives=True)
            fetches = queries.fetches_of(tx, actor)
            remote = _chosen(archives)
            method = queries.last_method(tx, actor, remote.device_id) if remote else ""
        wish = _wish()
        found: list[queries.RemoteStudy] | None = None
        problem = ""
        if remote is not None and not wish.is_empty:
            self._searches.told(actor, actor.hospital_id)
            try:
                found = queries.search_remote(self.services.network, remote, wish)
            except Unavailable as error:
                problem = sentence(error)
        elif "name" in request.args:  # the form was sent
            problem = gettext("Fill in a name, a number, a date or a modality to search.")
        return render_template(
            "remote.html",
            archives=archives,
            remote=remote,
            form=request.args,
            found=found,
            problem=problem,
            here=self._here(found or []),
            fetches=fetches,
            method=method or "auto",
            methods=routing_words.pairs(routing_words.METHODS),
            modalities=dicom_words.MODALITIES,
            most=queries.MOST_FOUND,
            config=page_config("remote"),
        )

    def _here(self, found: list[queries.RemoteStudy]) -> dict[str, Any]:
        with self.services.db.reading() as tx:
            return dict(queries.held_here(tx, current_actor(), [study.study_instance_uid for study in found]))

    @FETCH
    def echo(self) -> Response:
        with self.services.db.reading() as tx:
            remote = queries.remote_for(tx, current_actor(), text("device"))
        try:
            seconds = self.services.network.echo(remote)
        except HoichanError as error:
            flash("problem", error.message, **{name: str(value) for name, value in error.params.items()})
        else:
            flash("done", "{name} answers, in {ms} ms.", name=remote.name, ms=f"{seconds * 1000:.0f}")
        return redirect(f"/remote?device={remote.device_id}", 303)

    @FETCH
    def fetch(self) -> Response:
        total = text("total")
        try:
            with self.services.db.transaction() as tx:
                actions.start_fetch(
                    tx,
                    current_actor(),
                    device_id=text("device"),
                    study_instance_uid=text("study"),
                    description=text("description"),
                    total=int(total) if total.isdecimal() else 0,
                    method=text("method"),
                )
        except HoichanError as error:
            flash("problem", error.message, **{name: str(value) for name, value in error.params.items()})
        else:
            flash("done", "The study is being fetched. It appears in the list of studies by itself.")
        return redirect(_search_again(), 303)

    @FETCH
    def cancel(self, fetch_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.cancel_fetch(tx, current_actor(), fetch_id=fetch_id)
        flash("done", "The fetch is cancelled. What has come stays.")
        return redirect("/remote", 303)

    @FETCH
    def again(self, fetch_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.retry_fetch(tx, current_actor(), fetch_id=fetch_id)
        return redirect("/remote", 303)


def _chosen(archives: tuple[Remote, ...]) -> Remote | None:
    """The one in the address, else the only one, else the first."""
    wanted = request.args.get("device", "")
    return next((one for one in archives if one.device_id == wanted), archives[0] if archives else None)


def _wish() -> RemoteSearch:
    asked = request.args
    modality = asked.get("modality", "")
    return RemoteSearch(
        name=asked.get("name", "")[:64].strip(),
        patient_id=asked.get("number", "")[:64].strip(),
        accession_number=asked.get("accession", "")[:16].strip(),
        date_from=_day(asked.get("from", "")),
        date_to=_day(asked.get("to", "")),
        modality=modality if modality in dicom_words.MODALITIES else "",
    )


def _day(written: str) -> str:
    return written.replace("-", "") if _DAY.fullmatch(written) else ""


def _search_again() -> str:
    """Back to what was found; only our own page."""
    asked = text("search")
    return f"/remote?{asked}" if re.fullmatch(r"[\w%=&.+*-]*", asked) else "/remote"

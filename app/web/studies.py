"""The study list: found by words without accents, filtered, paged, and kept up to date by the script `studies`."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from app.archive.queries import StudyQuery, has_set_asides, list_studies
from app.archive.weights import weights_of
from app.audit.searches import Searches
from app.base.actor import Actor, Permission
from app.base.clock import VIETNAM, now
from app.base.parts import StudyAction
from app.edge.actor import current_actor, requires
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.page_config import page_config
from app.edge.services import Services
from app.identity.queries import hospital
from app.routing.queries import delivered_to, remotes_of
from app.web import dicom_words

PER_PAGE = 50
DAYS = {"today": 0, "week": 6, "month": 29}
STATES = ("arriving", "complete")
FILTERS = ("q", "date", "modality", "state")
_MOST_PAGES = 1000


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("studies", __name__)
    offer(door, NavItem(10, "/studies", "Studies", (Permission.STUDY_READ,)))
    dicom_words.install(door)
    searches = Searches(services.db, "page")

    @door.get("/studies")
    @requires(Permission.STUDY_READ)
    def studies() -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            page = list_studies(tx, actor, study_query(request.args))
            own = hospital(tx, actor.hospital_id) if actor.hospital_id else None
            can_send = (
                actor.allows(Permission.STUDY_FETCH) and own is not None and bool(remotes_of(tx, actor))
            )
            sent_to = delivered_to(tx, actor, [study.id for study in page.studies])
            weights = weights_of(tx, actor, [study.id for study in page.studies])
            set_aside = actor.allows(Permission.STUDY_CORRECT) and has_set_asides(tx, actor)
        filtered = any(request.args.get(name) for name in FILTERS)
        if filtered:
            searches.told(actor, actor.hospital_id)
        return render_template(
            "studies.html",
            page=page,
            weights=weights,
            filters=request.args,
            filtered=filtered,
            newer=_address_of(-1),
            older=_address_of(1) if page.more else "",
            modality_options=[("", gettext("Any")), *((one, one) for one in dicom_words.MODALITIES)],
            complete_after=services.settings.study.complete_after_seconds,
            actions=study_actions(services, actor),
            hospital=own,
            set_aside=set_aside,
            can_send=can_send,
            sent_to=sent_to,
            dicom=services.settings.dicom,
            config=page_config("studies"),
        )

    return door


def study_query(filters: MultiDict[str, str]) -> StudyQuery:
    """What the search form asks for; anything else in the address is left aside."""
    modality, state = filters.get("modality", ""), filters.get("state", "")
    return StudyQuery(
        text=filters.get("q", "")[:200],
        study_date_from=_first_day(filters.get("date", "")),
        modality=modality if modality in dicom_words.MODALITIES else "",
        state=state if state in STATES else "",
        limit=PER_PAGE,
        offset=_page_number(filters) * PER_PAGE,
    )


def _first_day(choice: str) -> str:
    if choice not in DAYS:
        return ""
    return f"{now().astimezone(VIETNAM) - timedelta(days=DAYS[choice]):%Y%m%d}"


def _page_number(filters: MultiDict[str, str]) -> int:
    return min(max(filters.get("page", 0, type=int), 0), _MOST_PAGES)


def _address_of(step: int) -> str:
    number = _page_number(request.args) + step
    if number < 0:
        return ""
    args: dict[str, Any] = {**request.args.to_dict(), "page": number}
    return "/studies?" + urlencode(args)


def study_actions(services: Services, actor: Actor) -> list[StudyAction]:
    """What this person may do with a study besides opening it."""
    return [action for action in services.platform.study_actions if actor.allows(action.permission)]

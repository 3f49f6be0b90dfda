"""How all devices are doing: seen when, sending how much, refused why, answering an echo."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.archive.connectivity import DeviceState, device_states
from app.base.actor import Actor, Permission
from app.base.errors import HoichanError, Unavailable
from app.edge.actor import current_actor, requires
from app.edge.language import language
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import actions, queries
from app.routing.remotes import remote_of
from app.routing.waiting import waiting_by_device
from app.web import device_words
from app.web.forms import sentence

MANAGE = requires(Permission.DEVICE_MANAGE)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("connectivity", __name__)
    offer(door, NavItem(71, "/connectivity", "Connections", (Permission.DEVICE_MANAGE,), "Manage"))
    pages = _Pages(services)
    door.get("/connectivity")(pages.show)
    door.post("/connectivity/<device_id>/echo")(pages.echo)
    door.post("/connectivity/callers/<caller_id>/forget")(pages.forget)
    return door


@dataclass(frozen=True)
class Echo:
    """What came of an echo sent just now."""

    device_id: str
    milliseconds: int | None
    problem: str


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def show(self) -> str:
        return self._show(current_actor(), None)

    def _show(self, actor: Actor, echo: Echo | None) -> str:
        hospital_id = request.args.get("hospital")
        with self.services.db.reading() as tx:
            states = device_states(tx, actor, hospital_id)
            callers = queries.unknown_callers(tx, actor, hospital_id)
            waiting = waiting_by_device(tx, actor, [state.device.id for state in states])
            hospitals = {one.id: one.name for one in queries.hospitals(tx)}
        return render_template(
            "connectivity.html",
            states=sorted(states, key=lambda state: (state.silence is None, state.device.hospital_name)),
            callers=callers,
            hospitals=hospitals,
            several=actor.hospital_id is None,
            waiting=waiting,
            echo=echo,
            amount=amount,
            bars=bars,
            last_sign=last_sign,
            words=device_words,
        )

    @MANAGE
    def echo(self, device_id: str) -> str:
        """Calls the device now; the page says how long it took, or why it did not answer."""
        actor = current_actor()
        with self.services.db.reading() as tx:
            device = queries.device(tx, actor, device_id)
        try:
            if self.services.network is None:
                raise Unavailable("no_network", "Echoes cannot be sent from here just now. Try again later.")
            seconds = self.services.network.echo(remote_of(device))
        except HoichanError as error:
            return self._show(actor, Echo(device_id, None, sentence(error)))
        return self._show(actor, Echo(device_id, max(1, round(seconds * 1000)), ""))

    @MANAGE
    def forget(self, caller_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.forget_unknown_caller(tx, current_actor(), caller_id=caller_id)
        return redirect("/connectivity", 303)


def last_sign(state: DeviceState) -> datetime | None:
    """When anything was heard of a device."""
    heard = [at for at in (state.device.last_seen_at, state.profile.last_image_at) if at is not None]
    return max(heard, default=None)


def bars(hours: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Place, top and height of each hour's bar in a picture of 24 by 10 units; a single image is seen too."""
    most = max(hours, default=0)
    heights = [max(1, round(10 * count / most)) if count else 0 for count in hours]
    return [(place, 10 - height, height) for place, height in enumerate(heights) if height]


def amount(size: int) -> str:
    """Megabytes or gigabytes, with the comma or point of the reader's language."""
    number, unit = (size / 1e9, "GB") if size >= 1e9 else (size / 1e6, "MB")
    shown = f"{number:.1f}"
    return f"{shown.replace('.', ',') if language() == 'vi' else shown} {unit}"

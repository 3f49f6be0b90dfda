"""What this part hands in to the platform (`parts = ["consults"]` in the settings)."""

from functools import partial
from pathlib import Path

from app.base.actor import Permission
from app.base.jobs import JobHandler
from app.base.parts import Platform, StudyAction
from app.edge.services import Services
from consults import live, web
from consults.agreements import reminders
from consults.demonstration import demonstration
from consults.dispatch import escalation, reminding
from consults.doors import guests
from consults.doors.package_page import package_page
from consults.opinions.reminding import ask_for_outcomes
from consults.papers.actions import MAKE
from consults.papers.making import EVERY_SECONDS as EACH_FORGETTING
from consults.papers.making import forget_packages, make_package
from consults.papers.package import Tools
from consults.promise import EVERY_SECONDS as EACH_PROMISE
from consults.promise import warn_of_promises
from consults.recordings import actions as recording
from consults.recordings import joining

HERE = Path(__file__).parent


def register(platform: Platform) -> None:
    """Called once by the wiring."""
    platform.blueprints.append(web.blueprint)
    platform.blueprints.append(guests.blueprint)
    platform.namespaces.append(live.namespace)
    platform.templates.append(HERE / "templates")
    platform.migrations.append(HERE / "migrations" / "versions")
    platform.study_actions.append(
        StudyAction("Ask for a consult", "/consults/new?study={study_id}", Permission.CONSULT_ASK)
    )
    platform.periodic.append((reminders.EVERY_SECONDS, _remind))
    platform.periodic.append((3600, _ask_for_outcomes))
    platform.periodic.append((escalation.EVERY_SECONDS, _escalate))
    platform.periodic.append((EACH_PROMISE, _warn_of_promises))
    platform.periodic.append((reminding.EVERY_SECONDS, _remind_of_shifts))
    platform.periodic.append((joining.EVERY_SECONDS, _stop_silent_recordings))
    platform.jobs[recording.JOIN] = _join_recording
    platform.periodic.append((EACH_FORGETTING, _forget_packages))
    platform.jobs[MAKE] = _make_packages
    platform.demonstrations.append(demonstration)


def _remind(services: Services) -> None:
    reminders.remind(services.db)


def _ask_for_outcomes(services: Services) -> None:
    ask_for_outcomes(services.db, services.settings.consult.outcome_days)


def _escalate(services: Services) -> None:
    escalation.escalate(services.db)


def _remind_of_shifts(services: Services) -> None:
    reminding.remind_of_shifts(services.db)


def _warn_of_promises(services: Services) -> None:
    warn_of_promises(services.db)


def _stop_silent_recordings(services: Services) -> None:
    joining.stop_silent(services.db)


def _join_recording(services: Services) -> JobHandler:
    return lambda recording_id: joining.join_pieces(services.db, services.blobs, recording_id)


def _make_packages(services: Services) -> JobHandler:
    tools = Tools(services.blobs, services.renderer.rendered_frame, package_page)
    return partial(make_package, services.db, tools)


def _forget_packages(services: Services) -> None:
    forget_packages(services.db, services.blobs)

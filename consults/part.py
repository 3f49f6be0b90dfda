"""What this part hands in to the platform (`parts = ["consults"]` in the settings)."""

from pathlib import Path

from app.base.actor import Permission
from app.base.parts import Platform, StudyAction
from app.edge.services import Services
from consults import live, web
from consults.agreements import reminders
from consults.demonstration import demonstration
from consults.opinions.reminding import ask_for_outcomes

HERE = Path(__file__).parent


def register(platform: Platform) -> None:
    """Called once by the wiring."""
    platform.blueprints.append(web.blueprint)
    platform.namespaces.append(live.namespace)
    platform.templates.append(HERE / "templates")
    platform.migrations.append(HERE / "migrations" / "versions")
    platform.study_actions.append(
        StudyAction("Ask for a consult", "/consults/new?study={study_id}", Permission.CONSULT_ASK)
    )
    platform.periodic.append((reminders.EVERY_SECONDS, _remind))
    platform.periodic.append((3600, _ask_for_outcomes))
    platform.demonstrations.append(demonstration)


def _remind(services: Services) -> None:
    reminders.remind(services.db)


def _ask_for_outcomes(services: Services) -> None:
    ask_for_outcomes(services.db, services.settings.consult.outcome_days)

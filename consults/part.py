"""What this part hands in to the platform (`parts = ["consults"]` in the settings)."""

from pathlib import Path

from app.base.actor import Permission
from app.base.parts import Platform, StudyAction
from consults import live, web
from consults.demonstration import demonstration

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
    platform.demonstrations.append(demonstration)

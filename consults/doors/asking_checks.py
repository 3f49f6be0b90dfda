"""What the asking form shows and demands of the checks before sending."""

from collections.abc import Collection

from flask import request

from app.base.db import Tx
from app.base.errors import Conflict
from app.edge.actor import current_actor
from consults.preflight.checking import check_studies
from consults.preflight.findings import Finding


def found_among(tx: Tx, chosen: Collection[str], offered: Collection[str]) -> list[Finding]:
    """Of the chosen studies, as far as they are among those the form offers."""
    return check_studies(tx, current_actor(), [study for study in chosen if study in offered])


def key_of(finding: Finding) -> str:
    """How the form says that this finding was shown."""
    return f"{finding.code}.{finding.study_id}.{finding.detail}"


def check_looked(tx: Tx, study_ids: Collection[str]) -> None:
    """Raises Conflict unless everything that stands against sending was shown and waved through."""
    found = {key_of(one) for one in check_studies(tx, current_actor(), study_ids) if not one.is_note}
    shown = set(request.form.getlist("seen")) if "as_is" in request.form else set()
    if found - shown:
        raise Conflict(
            "look_first",
            "Look at what was found in the images. Mend it, or tick that the case is sent as it is.",
        )

"""What makes a closed reading tell whether it was changed afterwards."""

import json

from app.base.signing import digest_of
from app.reading.models import Reading


def seal_of(reading: Reading) -> str:
    """The digest over all that the reading says."""
    told = {
        "closed_at": reading.closed_at.isoformat() if reading.closed_at else "",
        "opened_at": reading.opened_at.isoformat(),
        "opening": reading.opening_id,
        "reader": reading.reader_id,
        "series": reading.series,
        "study": reading.study_id,
    }
    return digest_of(json.dumps(told, sort_keys=True, separators=(",", ":")))

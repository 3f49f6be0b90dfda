"""What Instance Availability Notification says of a study (PS3.4 table R.3.2-1)."""

from collections.abc import Sequence
from typing import Any

from app.archive.outgoing import OutgoingFile


def availability_of(files: Sequence[OutgoingFile], retrieve_ae_title: str) -> dict[str, Any]:
    """`{study_instance_uid, retrieve_ae_title, series: [{series_instance_uid, instances: [{sop_class_uid,
    sop_instance_uid}]}]}`; every instance named is online. `files` are one study's and not empty.
    """
    series: dict[str, list[dict[str, str]]] = {}
    for file in files:
        named = {"sop_class_uid": file.sop_class_uid, "sop_instance_uid": file.sop_instance_uid}
        series.setdefault(file.series_instance_uid, []).append(named)
    return {
        "study_instance_uid": files[0].study_instance_uid,
        "retrieve_ae_title": retrieve_ae_title,
        "series": [{"series_instance_uid": uid, "instances": instances} for uid, instances in series.items()],
    }

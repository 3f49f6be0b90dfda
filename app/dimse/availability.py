"""Instance Availability Notification as SCU (PS3.4 annex R): what of a study can be fetched from us."""

import uuid
from collections.abc import Mapping
from typing import Any

from app.dimse.datasets import write_data_set


def notification(study: Mapping[str, Any], ae_title: str, transfer_syntax: str) -> tuple[str, bytes]:
    """The UID of a new notification, and its data set (PS3.4 table R.3.2-1). `study` holds `study_instance_uid`, and
    `instances`: the Series Instance UID, SOP Class UID and SOP Instance UID of each.
    """
    series: dict[str, list[dict[str, Any]]] = {}
    for series_uid, sop_class_uid, sop_instance_uid in study["instances"]:
        series.setdefault(series_uid, []).append(
            {
                "00080054": {"vr": "AE", "Value": [ae_title]},
                "00080056": {"vr": "CS", "Value": ["ONLINE"]},
                "00081150": {"vr": "UI", "Value": [sop_class_uid]},
                "00081155": {"vr": "UI", "Value": [sop_instance_uid]},
            }
        )
    attributes: dict[str, dict[str, Any]] = {
        "00081111": {"vr": "SQ"},  # no performed step of ours
        "00081115": {
            "vr": "SQ",
            "Value": [
                {"0020000E": {"vr": "UI", "Value": [uid]}, "00081199": {"vr": "SQ", "Value": items}}
                for uid, items in series.items()
            ],
        },
        "0020000D": {"vr": "UI", "Value": [study["study_instance_uid"]]},
    }
    return f"2.25.{uuid.uuid4().int}", write_data_set(attributes, transfer_syntax)

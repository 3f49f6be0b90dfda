"""Instance Availability Notification as SCU (PS3.4 annex R): what of a study can be fetched from us."""

import uuid
from collections.abc import Mapping
from typing import Any

from app.dimse.datasets import write_data_set


def notification(study: Mapping[str, Any], transfer_syntax: str) -> tuple[str, bytes]:
    """The UID of a new notification, and its data set (PS3.4 table R.3.2-1). `study`: as
    `app.routing.availability.availability_of` makes it.
    """
    series = [
        {
            "0020000E": {"vr": "UI", "Value": [one["series_instance_uid"]]},
            "00081199": {
                "vr": "SQ",
                "Value": [_item(instance, study["retrieve_ae_title"]) for instance in one["instances"]],
            },
        }
        for one in study["series"]
    ]
    attributes: dict[str, dict[str, Any]] = {
        "00081111": {"vr": "SQ"},  # no performed step of ours
        "00081115": {"vr": "SQ", "Value": series},
        "0020000D": {"vr": "UI", "Value": [study["study_instance_uid"]]},
    }
    return f"2.25.{uuid.uuid4().int}", write_data_set(attributes, transfer_syntax)


def _item(instance: Mapping[str, str], ae_title: str) -> dict[str, dict[str, Any]]:
    return {
        "00080054": {"vr": "AE", "Value": [ae_title]},
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00081150": {"vr": "UI", "Value": [instance["sop_class_uid"]]},
        "00081155": {"vr": "UI", "Value": [instance["sop_instance_uid"]]},
    }

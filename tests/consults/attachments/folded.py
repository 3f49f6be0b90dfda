"""What a page does with events of attachments: the counterpart of viewer_js/src/consult/attachments/fold.ts."""

from typing import Any


def attached(state: dict[str, Any], event: dict[str, Any]) -> None:
    held, data = state["attachments"], event["data"]
    match event["type"]:
        case "attachment.added":
            held["files"].append({**data, "by": event["actor"], "at": event["at"]})
        case "attachment.withdrawn":
            held["files"] = [file for file in held["files"] if file["id"] != data["id"]]
        case "labs.added":
            held["labs"].extend({**lab, "by": event["actor"]} for lab in data["values"])
        case "lab.removed":
            held["labs"] = [lab for lab in held["labs"] if lab["id"] != data["id"]]

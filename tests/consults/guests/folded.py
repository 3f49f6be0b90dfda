"""What a page does with the events of invitations: the counterpart of viewer_js/src/consult/guests/fold.ts."""

from typing import Any


def guested(state: dict[str, Any], event: dict[str, Any]) -> None:
    """A guest is added at the end, or changed in place."""
    told = event["data"]["guest"]
    others = [told if one["id"] == told["id"] else one for one in state["guests"]]
    state["guests"] = others if told in others else [*others, told]

"""What a page does with events of the checks and of the images to begin with: the counterpart of
viewer_js/src/consult/preflight/fold.ts.
"""

from typing import Any


def waived(state: dict[str, Any], event: dict[str, Any]) -> None:
    state["preflight"] = {**event["data"], "by": event["actor"], "at": event["at"]}


def begun(state: dict[str, Any], event: dict[str, Any]) -> None:
    state["starts"] = event["data"]["places"]

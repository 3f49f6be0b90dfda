"""Who signed an opinion, how far it was followed and whether the outcome agreed with it, in the room's own words
(viewer_js/src/consult/opinions/words.ts).
"""

from typing import Any

from consults.lifecycle import Agreement, Follows, ReaderKind

AGREEMENTS: dict[Agreement, str] = {
    Agreement.AGREE: "Agrees with the opinion",
    Agreement.DISAGREE: "Disagrees with the opinion",
    Agreement.PARTLY: "Agrees in part",
}
FOLLOWS: dict[Follows, str] = {
    Follows.FULLY: "Follows the opinion",
    Follows.NOT: "Does not follow it",
    Follows.PARTLY: "Follows it in part",
}


def signers_of(opinions: dict[str, Any]) -> list[dict[str, Any]]:
    """Of opinions_state: the readers whose signature stands under the consultant's opinion."""
    readers = opinions["readers"]
    return [one for one in readers if one["kind"] == ReaderKind.JOINT and one["consented_at"]]

"""Key images as a Key Object Selection (PS3.3 A.35.4, PS3.16 TID 2010)."""

from collections.abc import Sequence

from pydicom.dataset import Dataset

from app.base.errors import Invalid
from app.evidence import codes, content
from app.evidence.modules import object_of
from app.evidence.subjects import Wish

KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"


def key_object_selection(
    wish: Wish, frames: Sequence[tuple[str, int]], *, title_code: str, description: str
) -> Dataset:
    """`frames`: SOP Instance UID and frame number, in the order of the person who chose."""
    title = codes.TITLES.get(title_code)
    if title is None:
        raise Invalid("bad_title", "Key images need one of the known titles.")
    data = object_of(wish, KEY_OBJECTS, "KO", title.meaning)
    chosen: dict[str, list[int]] = {}
    for uid, frame in frames:
        chosen.setdefault(uid, []).append(frame)
    children = [
        content.coded("HAS CONCEPT MOD", codes.LANGUAGE, codes.ENGLISH),
        *content.observer(wish.author),
    ]
    if description:
        children.append(content.text("CONTAINS", codes.KEY_OBJECT_DESCRIPTION, description))
    children += [content.image("CONTAINS", wish.images[uid], numbers) for uid, numbers in chosen.items()]
    tree = content.container("", title, children, template="2010")
    return content.as_document(data, wish, [wish.images[uid] for uid in chosen], tree)

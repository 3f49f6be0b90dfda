"""Every setting of the viewer by its name, with the shape its value must have."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, RootModel, StringConstraints, ValidationError

from app.base.errors import Invalid, NotFound
from app.viewing.hanging import HangingRules

LARGEST = 64 << 10  # bytes of one value as JSON

CommandId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,60}$")]
KeyName = Annotated[str, StringConstraints(min_length=0, max_length=24)]


class Shortcuts(RootModel[dict[CommandId, KeyName]]):
    """The key of a command as KeyboardEvent.key has it; empty: the command has no key. Others keep theirs."""


class DataSaver(RootModel[bool]):
    """Previews and pictures of the screen's size; full quality of an image only when it is asked for."""


PREFERENCES: dict[str, type[BaseModel]] = {
    "data_saver": DataSaver,
    "hanging": HangingRules,
    "shortcuts": Shortcuts,
}


def checked(name: str, value: object) -> Any:
    """The value as plain JSON data. NotFound for a setting there is not, Invalid for a value that is none of it."""
    schema = PREFERENCES.get(name)
    if schema is None:
        raise NotFound
    try:
        kept = schema.model_validate(value).model_dump(mode="json")
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or name
        raise Invalid(
            "bad_preference", "This setting cannot be kept: {where} is wrong.", where=where
        ) from error
    if len(json.dumps(kept)) > LARGEST:
        raise Invalid("large_preference", "This setting is too large to be kept.")
    return kept

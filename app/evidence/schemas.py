"""What a browser asks to be saved, checked once here."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.base.errors import Invalid
from app.evidence.presentation import Look

Uid = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=64)]


class Form(StrEnum):
    """What is made."""

    GSPS = "gsps"
    KEY_IMAGES = "ko"
    SR = "sr"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WindowInput(_Wire):
    center: Annotated[float, Field(ge=-1e9, le=1e9)]
    width: Annotated[float, Field(ge=1, le=1e9)]
    function: Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"] = "LINEAR"


class LookInput(_Wire):
    """How one series stands on the screen."""

    window: WindowInput | None = None
    rotation: Literal[0, 90, 180, 270] = 0
    flip: bool = False
    invert: bool = False

    def look(self) -> Look:
        window = self.window
        told = (window.center, window.width, window.function) if window else None
        return Look(told, self.rotation, self.flip, self.invert)


class SaveInput(_Wire):
    """`looks` by Series Instance UID; `frames`, `code` and `description` are those of key images."""

    form: Form
    title: Annotated[str, StringConstraints(max_length=64)] = ""
    looks: Annotated[dict[Uid, LookInput], Field(max_length=200)] = {}
    frames: Annotated[
        tuple[tuple[Uid, Annotated[int, Field(ge=1, le=1_000_000)]], ...], Field(max_length=1000)
    ] = ()
    code: Annotated[str, StringConstraints(max_length=16)] = ""
    description: Annotated[str, StringConstraints(max_length=1024)] = ""

    @classmethod
    def from_wire(cls, sent: object) -> Self:
        """Raises Invalid."""
        try:
            return cls.model_validate(sent)
        except ValidationError as error:
            raise Invalid(
                "bad_objects", "What is to be saved could not be understood. Reload the page."
            ) from error

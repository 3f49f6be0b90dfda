"""Hanging rules: which series of a study stand where when it is opened.

The first rule that fits is taken. A place of its grid shows the first image that fits the place's matcher and that no
place before it took; a place without a matcher takes what is left, in the order of the series.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from app.base.actor import Role

MOST_ROWS = 4
MOST_RULES = 60

Words = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9 _]{0,16}$")]
Side = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class Place(BaseModel):
    """What one place of the grid shows; every word that is given must fit. `prior`: from the newest earlier study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: Words = ""
    number: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    laterality: Literal["", "L", "R"] = ""
    view: Code = ""
    prior: bool = False


class HangingRule(BaseModel):
    """`modality`, `body_part` and `role`: empty fits all. `priors`: the newest earlier study is opened as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modality: Code = ""
    body_part: Words = ""
    role: Role | Literal[""] = ""
    rows: Side = 1
    columns: Side = 1
    tile: bool = False
    priors: bool = False
    places: Annotated[tuple[Place, ...], Field(max_length=MOST_ROWS * MOST_ROWS)] = ()


class HangingRules(RootModel[Annotated[tuple[HangingRule, ...], Field(max_length=MOST_RULES)]]):
    """In order."""


def _views(*views: tuple[Literal["L", "R"], str]) -> tuple[Place, ...]:
    return tuple(Place(laterality=side, view=view) for side, view in views)


DEFAULTS = (
    HangingRule(
        modality="MG",
        rows=2,
        columns=2,
        priors=True,
        places=_views(("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")),
    ),
    HangingRule(modality="CR", rows=1, columns=2, priors=True),
    HangingRule(modality="DX", rows=1, columns=2, priors=True),
    HangingRule(modality="CT"),
    HangingRule(modality="MR", rows=2, columns=2),
    HangingRule(modality="US"),
)
"""What counts where neither the person nor their hospital says otherwise."""

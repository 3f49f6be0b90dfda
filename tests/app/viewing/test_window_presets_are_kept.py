"""Window presets by modality: a person's own stand over the hospital's, and nonsense is refused."""

import pytest

from app.base.db import Database
from app.base.errors import Invalid
from app.viewing.actions import set_preference
from app.viewing.queries import preferences_for
from app.viewing.schemas import checked
from tests.cast import make_cast

BONE = {"name": "Xương đá", "center": 700, "width": 3000.5}


def test_ones_own_presets_stand_over_the_hospitals(db: Database) -> None:
    cast = make_cast(db)
    with db.transaction() as tx:
        set_preference(tx, cast.dung, name="window_presets", value={"CT": [BONE]}, for_hospital=True)
        set_preference(tx, cast.alice, name="window_presets", value={"MR": [BONE], "CT": []})
    with db.reading() as tx:
        own, colleague = (preferences_for(tx, who)["window_presets"] for who in (cast.alice, cast.dao))
    assert own == {"MR": [BONE], "CT": []}
    assert colleague == {"CT": [BONE]}


NONSENSE = [
    {"ct": [BONE]},
    {"CT": [BONE | {"width": 0}]},
    {"CT": [BONE | {"name": " "}]},
    {"CT": [BONE | {"center": 1e7}]},
    {"CT": [BONE | {"function": "SIGMOID"}]},
    {"CT": [BONE] * 21},
    [BONE],
]


@pytest.mark.parametrize("value", NONSENSE)
def test_presets_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(Invalid):
        checked("window_presets", value)

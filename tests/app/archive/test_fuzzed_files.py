"""Whatever bytes come, the answer is a file that is kept or a refusal with a code; never another exception."""

import random

import pytest

from app.archive.part10 import read_part10
from app.base.errors import HoichanError
from tests import dicomgen

SEEDS = {
    "ct": dicomgen.ct_slice(rows=8, columns=8),
    "implicit": dicomgen.ct_slice(rows=8, columns=8, transfer_syntax=dicomgen.IMPLICIT),
    "deflated": dicomgen.ct_slice(rows=8, columns=8, transfer_syntax=dicomgen.DEFLATED),
    "cine": dicomgen.cine(3, table="basic", fragments_per_frame=2),
    "extended table": dicomgen.cine(2, transfer_syntax=dicomgen.JPEG_2000, table="extended"),
    "enhanced": dicomgen.enhanced_ct(2),
    "report": dicomgen.text_report(),
}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """1 to 32 edits, most of them in the header; sometimes a cut."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 32)):
        place = chance.randrange(128, min(len(data), 3000) if chance.random() < 0.8 else len(data))
        changed[place] = chance.choice((0, 255, 0xFE, chance.randrange(256)))
    return bytes(changed[: chance.randrange(len(data))] if chance.random() < 0.1 else changed)


@pytest.mark.parametrize("name", SEEDS)
def test_three_hundred_mutations_each_are_kept_or_refused(name: str) -> None:
    chance = random.Random(name)
    for _ in range(300):
        data = mutated(SEEDS[name], chance)
        try:
            part10 = read_part10(data)
        except HoichanError:
            continue
        for number in range(1, part10.frames.count + 1):
            spans, _first = part10.frames.location(number)
            if name != "deflated":
                assert all(offset >= 0 and offset + length <= len(data) for offset, length in spans)

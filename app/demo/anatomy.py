"""A head and a chest out of ellipsoids and tubes. x to the patient's left, y to the back, z to the head."""

import math
import random

from app.demo.bodies import Body, Ellipsoid, tube

Point = tuple[float, float, float]

# Hounsfield units
AIR, LUNG, FAT, WATER, CSF, WHITE, GREY, MUSCLE, BLOOD, CLOT, CALCIUM, SPONGY, BONE = (
    -1000, -860, -95, 0, 8, 27, 38, 52, 45, 68, 180, 320, 1050,
)  # fmt: skip


def head() -> Body:
    """A head with a bleeding in the patient's left basal ganglia, displaced midline and blood in a ventricle."""
    shapes = [
        Ellipsoid((0, 5, -95), (58, 62, 60), MUSCLE),  # neck
        Ellipsoid((0, 0, 0), (76, 95, 92), FAT),
        Ellipsoid((0, 0, 0), (73, 92, 89), MUSCLE),
        Ellipsoid((0, 0, 0), (71, 90, 87), BONE),
        Ellipsoid((0, 0, 0), (67.5, 86.5, 83.5), SPONGY),
        Ellipsoid((0, 0, 0), (66, 85, 82), BONE),
        Ellipsoid((0, 0, 0), (64, 83, 80), CSF),
        Ellipsoid((0, 0, 1), (62, 81, 78), GREY),
        *_gyri(),
        Ellipsoid((-29, 2, 4), (28, 66, 56), WHITE),
        Ellipsoid((29, 2, 4), (28, 66, 56), WHITE),
        Ellipsoid((1.5, 0, 10), (1.1, 80, 66), CSF),  # the midline, pushed over
        Ellipsoid((-10, -14, 12), (5.5, 22, 11), CSF, 0.22),
        Ellipsoid((-11, 22, 12), (6, 20, 11), CSF, -0.22),
        Ellipsoid((8, -14, 12), (3.6, 18, 9), CSF, -0.3),
        Ellipsoid((9, 24, 12), (4.2, 18, 9), CSF, 0.22),
        Ellipsoid((9.5, 32, 10), (3, 6, 5), CLOT),  # blood layering in the back horn
        Ellipsoid((1.5, 4, -2), (2, 14, 9), CSF),
        Ellipsoid((-17, 2, 2), (8, 13, 12), GREY),
        Ellipsoid((16, 2, 2), (8, 13, 12), GREY),
        Ellipsoid((30, 4, 5), (17, 23, 18), 20),  # swelling around
        Ellipsoid((29, 4, 5), (12, 18, 14), CLOT),
        Ellipsoid((0, 58, -42), (42, 26, 22), GREY),  # cerebellum
        Ellipsoid((0, 22, -48), (12, 13, 26), WHITE),  # brain stem
        Ellipsoid((0, 25, 6), (2, 2, 2), CALCIUM),  # pineal gland
        *_face(),
    ]
    return Body(tuple(shapes))


def _gyri() -> list[Ellipsoid]:
    """Furrows of fluid along the surface of the brain."""
    chance = random.Random(7)  # noqa: S311 - a picture, not a secret
    furrows = []
    for _ in range(170):
        turn, rise = chance.uniform(0, 2 * math.pi), chance.uniform(-0.5, 1.35)
        flat = math.cos(rise)
        place = (60 * flat * math.cos(turn), 79 * flat * math.sin(turn), 76 * math.sin(rise))
        size = (chance.uniform(0.9, 1.6), chance.uniform(5, 10), chance.uniform(5, 9))
        furrows.append(Ellipsoid(place, size, CSF, turn))
    return furrows


def _face() -> list[Ellipsoid]:
    shapes = []
    for side in (-1, 1):
        shapes += [
            Ellipsoid((side * 33, -72, -34), (18, 20, 16), FAT),
            Ellipsoid((side * 33, -76, -34), (12.5, 12.5, 12.5), CSF + 6),
            Ellipsoid((side * 33, -86, -34), (4.5, 2.2, 4.5), 95),  # lens
            Ellipsoid((side * 26, -60, -64), (15, 16, 14), AIR),  # maxillary sinus
            Ellipsoid((side * 46, 30, -52), (14, 18, 14), BONE),  # petrous bone
            Ellipsoid((side * 52, 34, -52), (8, 9, 8), -500),  # mastoid cells
            Ellipsoid((side * 78, 12, -46), (6, 16, 26), FAT),  # ear
        ]
    shapes += [
        Ellipsoid((0, -72, -50), (9, 20, 22), AIR),  # nose
        Ellipsoid((0, -72, -50), (1.2, 20, 21), BONE),
        Ellipsoid((0, -78, -12), (12, 5, 9), AIR),  # frontal sinus
        Ellipsoid((0, 52, -108), (16, 14, 40), SPONGY),  # spine
        Ellipsoid((0, 66, -108), (7, 7, 40), CSF),
    ]
    return shapes


def chest() -> Body:
    """A chest with a 14 mm nodule in the right upper lobe and a little fluid at the left base."""
    shapes = [
        Ellipsoid((0, 0, 0), (185, 125, 330), FAT),
        Ellipsoid((0, 2, 0), (172, 112, 330), MUSCLE),
        *_shoulders(),
        Ellipsoid((-78, 4, -8), (68, 86, 152), LUNG),
        Ellipsoid((80, 6, -8), (62, 84, 150), LUNG),
        Ellipsoid((-60, -10, -178), (92, 88, 66), 58),  # liver below its dome
        Ellipsoid((78, 10, -182), (70, 76, 58), 48),  # spleen and stomach
        Ellipsoid((96, 66, -128), (36, 16, 34), 12),  # fluid
        Ellipsoid((0, 0, 20), (30, 62, 150), FAT),  # mediastinum
        *_heart_and_vessels(),
        *_lung_vessels(),
        *_airways(),
        Ellipsoid((-92, -26, 78), (7, 7, 7), 34),  # the nodule
        *_spine(),
        *_ribs(),
        *tube([(0, -104, 70), (0, -110, -10), (0, -108, -60)], 7, SPONGY),  # breast bone
    ]
    return Body(tuple(shapes))


def _shoulders() -> list[Ellipsoid]:
    shapes = []
    for side in (-1, 1):
        shapes += [
            Ellipsoid((side * 165, 10, 150), (48, 52, 60), FAT),
            Ellipsoid((side * 165, 10, 150), (42, 46, 56), MUSCLE),
        ]
        shapes += [Ellipsoid((side * 172, 8, 152), (23, 23, 24), SPONGY)]
        shapes += tube([(side * 20, -84, 128), (side * 80, -70, 140), (side * 150, -20, 158)], 6, BONE)
        shapes += tube([(side * 90, 92, 140), (side * 118, 96, 80), (side * 104, 100, 20)], 5, SPONGY)
    return shapes


def _heart_and_vessels() -> list[Ellipsoid]:
    return [
        Ellipsoid((24, -32, -62), (66, 54, 58), FAT),
        Ellipsoid((26, -32, -62), (60, 48, 53), MUSCLE),
        Ellipsoid((44, -26, -66), (28, 26, 34), BLOOD, 0.5),
        Ellipsoid((-6, -44, -58), (30, 24, 32), BLOOD - 3, 0.3),
        Ellipsoid((10, 2, -34), (34, 20, 22), BLOOD),
        *tube([(4, -38, -20), (-4, -46, 22), (6, -30, 56), (24, 10, 62), (26, 40, 40)], 14.5, BLOOD),
        *tube([(26, 40, 40), (24, 50, -20), (16, 48, -100), (10, 44, -230)], 12.5, BLOOD, 10.5),
        *tube([(14, -40, -20), (18, -30, 16), (4, -4, 26)], 12.5, BLOOD),
        *tube([(4, -4, 26), (-30, 0, 18), (-52, 4, 8)], 9.5, BLOOD, 7),
        *tube([(4, -4, 26), (36, 8, 22), (56, 10, 12)], 9.5, BLOOD, 7),
        *tube([(-26, -34, 120), (-24, -34, 60), (-20, -30, -20)], 8.5, BLOOD),
        Ellipsoid((24, -2, 58), (5, 4, 3), CALCIUM + 300),  # chalk in the aortic arch
    ]


def _airways() -> list[Ellipsoid]:
    shapes = tube([(0, -4, 190), (0, 4, 120), (0, 12, 46)], 10.5, MUSCLE) + tube(
        [(0, -4, 190), (0, 4, 120), (0, 12, 46)], 8.5, AIR
    )
    for side, drop in ((-1, 14), (1, 4)):
        way: list[Point] = [(0, 12, 46), (side * 26, 14, 30 - drop), (side * 52, 16, 8 - drop)]
        shapes += tube(way, 7.5, MUSCLE, 5) + tube(way, 6, AIR, 3.6)
        for end in ((side * 82, -20, 40), (side * 84, 36, 6), (side * 76, 30, -60)):
            shapes += tube([way[-1], end], 4.2, MUSCLE, 2) + tube([way[-1], end], 3, AIR, 1.2)
    shapes += tube([(4, 24, 190), (3, 30, 60), (6, 30, -60), (4, 20, -160)], 6, MUSCLE)  # gullet
    return shapes


def _lung_vessels() -> list[Ellipsoid]:
    chance = random.Random(11)  # noqa: S311 - a picture, not a secret
    shapes: list[Ellipsoid] = []
    for side in (-1, 1):
        root = (side * 54.0, 8.0, 6.0)
        for _ in range(26):
            turn, rise = chance.uniform(0, 2 * math.pi), chance.uniform(-1.2, 1.2)
            reach = (side * abs(math.cos(turn)) * 58, math.sin(turn) * 70, rise * 108)
            _branch(shapes, root, reach, 3.4, 3, chance)
    return shapes


def _branch(
    shapes: list[Ellipsoid], at: Point, reach: Point, radius: float, depth: int, chance: random.Random
) -> None:
    """Halves its length and splits in two, down to what a scanner still shows."""
    end = tuple(place + way * 0.52 for place, way in zip(at, reach, strict=True))
    shapes += tube([at, end], radius, BLOOD - 5, radius * 0.72)  # type: ignore[list-item] # three numbers as above
    if depth == 0:
        return
    for _ in range(2):
        bent = tuple(way * 0.6 + chance.uniform(-13, 13) for way in reach)
        _branch(shapes, end, bent, radius * 0.7, depth - 1, chance)  # type: ignore[arg-type] # likewise


def _spine() -> list[Ellipsoid]:
    shapes = []
    for number in range(17):
        z = 200 - number * 26.0
        shapes += [
            Ellipsoid((0, 74, z), (19, 16, 11.5), BONE - 350),
            Ellipsoid((0, 74, z), (17, 14, 10), SPONGY - 120),
            Ellipsoid((0, 74, z - 13), (18, 15, 3.2), 85),  # disc
            Ellipsoid((0, 104, z - 6), (4, 16, 8), BONE - 300),
            Ellipsoid((-24, 92, z), (14, 5, 5), BONE - 300),
            Ellipsoid((24, 92, z), (14, 5, 5), BONE - 300),
        ]
    return [*shapes, Ellipsoid((0, 93, 0), (9, 8, 330), CSF + 12)]


def _ribs() -> list[Ellipsoid]:
    shapes: list[Ellipsoid] = []
    for number in range(10):
        z, wide = 150 - number * 26.0, min(1.0, 0.66 + 0.075 * number)
        for side in (-1, 1):
            way: list[Point] = []
            for step in range(13):
                turn = math.radians(84 - step * 13.0)
                way.append(
                    (side * (156 * wide) * math.cos(turn) + side * 3, 98 * math.sin(turn), z - step * 5.2)
                )
            shapes += tube(way, 6, BONE - 150) + tube(way, 3.4, SPONGY - 100)
    return shapes

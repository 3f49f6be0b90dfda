"""An archive of 100,000 studies, 200,000 series and 1,000,000 instances: rows alone, of invented people.

Names follow what is known of Vietnamese ones: a third are Nguyễn, a handful of middle names, some two hundred given
names of which the commonest are borne by one in thirty. One hospital has 90,000 studies, one 9,900, one 100, of which
some are shared to another.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, insert

from app.archive import names
from app.archive.models import Instance, NameWord, Patient, PatientNameWord, Series, Study, StudyGrant
from app.base.clock import now
from app.base.db import Base, Database, table_of
from tests.cast import Cast

FAMILIES = [("NGUYỄN", 38), ("TRẦN", 11), ("LÊ", 9), ("PHẠM", 7), ("HOÀNG", 5), ("VŨ", 4), ("PHAN", 4), ("VÕ", 4),
    ("ĐẶNG", 2), ("BÙI", 2), ("ĐỖ", 2), ("HỒ", 2), ("NGÔ", 2), ("DƯƠNG", 1), ("LÝ", 1), ("ĐINH", 1), ("CAO", 1),
    ("MAI", 1), ("TRƯƠNG", 1), ("THÁI", 1), ("QUÁCH", 1)]  # fmt: skip
MIDDLES = [("VĂN", 24), ("THỊ", 30), ("ĐỨC", 5), ("NGỌC", 6), ("MINH", 5), ("THANH", 5), ("QUỐC", 3), ("HỮU", 4),
    ("XUÂN", 3), ("THU", 2), ("KIM", 2), ("ĐÌNH", 3), ("HOÀNG", 2), ("BÁ", 2), ("GIA", 2), ("PHƯƠNG", 2)]  # fmt: skip
GIVENS = [
    "ANH",
    "HƯƠNG",
    "HÙNG",
    "DŨNG",
    "LAN",
    "HÀ",
    "THẢO",
    "LINH",
    "TUẤN",
    "HOA",
    "MAI",
    "BÌNH",
    "NAM",
    "LONG",
    "SƠN",
    "TRANG",
    "THỦY",
    "NGA",
    "HẢI",
    "PHÚC",
    "AN",
    "CƯỜNG",
    "HIỀN",
    "HẠNH",
    "TÂM",
    "ĐỨC",
    "THẮNG",
    "HUỆ",
    "YẾN",
    "LIÊN",
    "CÚC",
    "NHUNG",
    "OANH",
    "LOAN",
    "HỒNG",
    "DUNG",
    "TÚ",
    "KIÊN",
    "TRUNG",
    "QUANG",
    "VINH",
    "KHOA",
    "PHONG",
    "THỊNH",
    "ĐẠT",
    "HIẾU",
    "NGHĨA",
    "TRÍ",
    "TÍN",
    "LỘC",
    "PHÁT",
    "TÀI",
    "THIỆN",
    "BẢO",
    "KHÁNH",
    "NGÂN",
    "NHI",
    "VY",
    "MY",
    "QUỲNH",
    "CHÂU",
    "TRÂM",
    "DIỆP",
    "GIANG",
    "SANG",
    "SÁNG",
    "THƯ",
    "THƠ",
    "TUYẾT",
    "ĐÀO",
    "LÝ",
    "MẬN",
    "SEN",
    "SÚ",
    "TỴ",
    "SỬU",
    "MÙI",
    "THÂN",
    "DẬU",
    "TUẤT",
    "HỢI",
    "DẦN",
    "MÃO",
    "THÌN",
    "NGỌ",
    "ƠN",
    "ĐIỂM",
    "KHƯƠNG",
    "VƯƠNG",
    "NGHI",
    "XOAN",
    "MIÊN",
    "UYÊN",
]
MODALITIES = [("CT", 22), ("DX", 30), ("US", 24), ("MR", 8), ("CR", 10), ("MG", 1), ("XA", 3), ("ES", 2)]
STUDIES, SERIES_EACH, INSTANCES_EACH = 100_000, 2, 5
_FIRST_DAY, _DAYS = date(2023, 1, 1), 1095


def fill(db: Database, cast: Cast, count: int = STUDIES) -> None:
    """Enters `count` studies; the same ones each time."""
    chance = random.Random(7)
    homes = _hospitals(cast, count)
    for first in range(0, count, 5000):
        _enter(db, cast, chance, range(first, min(first + 5000, count)), homes)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE")


def _hospitals(cast: Cast, count: int) -> list[str]:
    small, middle = max(count // 1000, 1), count // 10
    homes = [cast.c.id] * small + [cast.b.id] * (middle - small) + [cast.a.id] * (count - middle)
    random.Random(3).shuffle(homes)
    return homes


def _pick(chance: random.Random, weighted: list[tuple[str, int]]) -> str:
    values, weights = zip(*weighted, strict=True)
    return str(chance.choices(values, weights)[0])


def patient_name(chance: random.Random) -> str:
    """Family, middle and given name, as modalities send them."""
    given = GIVENS[min(int(chance.expovariate(1 / 28)), len(GIVENS) - 1)]
    second = f"{_pick(chance, MIDDLES)} " if chance.random() < 0.2 else ""
    return f"{_pick(chance, FAMILIES)}^{_pick(chance, MIDDLES)} {second}{given}"


def _enter(db: Database, cast: Cast, chance: random.Random, numbers: range, homes: list[str]) -> None:
    rows: dict[type[Base], list[dict[str, Any]]] = {
        table: [] for table in (Patient, NameWord, PatientNameWord, Study, StudyGrant, Series, Instance)
    }
    moment = now()
    for number in numbers:
        patient = _patient(rows, chance, number, homes[number], moment)
        study = _study(rows, chance, number, homes[number], patient, moment)
        _grant(rows, study, homes[number], "own-hospital", moment)
        if number % 200 == 0 and homes[number] != cast.c.id:
            _grant(rows, study, cast.c.id, "consult", moment)
    with db.transaction() as tx:
        connection = tx.session.connection()
        known = set(connection.exec_driver_sql("SELECT word FROM name_word").scalars())
        words = {row["word"]: row for row in rows[NameWord] if row["word"] not in known}
        rows[NameWord] = list(words.values())
        for table, made in rows.items():
            _write(connection, table_of(table), made)


def _write(connection: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    names_ = list(rows[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({", ".join(names_)}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[name] for name in names_])


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:025d}"


def _patient(
    rows: dict[type[Base], list[dict[str, Any]]],
    chance: random.Random,
    number: int,
    hospital_id: str,
    moment: Any,
) -> str:
    """A new one for most studies; else the hospital's one before."""
    patients = rows[Patient]
    if patients and chance.random() < 0.3 and patients[-1]["hospital_id"] == hospital_id:
        return str(patients[-1]["id"])
    name = patient_name(chance)
    words = names.words(name)
    folded = names.folded(name)
    patient_id = _id("P", number)
    patients.append({
        "id": patient_id, "hospital_id": hospital_id, "identity_key": f"{number:064x}",
        "patient_id": f"BN{number:08d}", "issuer_of_patient_id": "", "name": name, "folded_name": folded,
        "birth_date": f"{chance.randint(1930, 2022)}0{chance.randint(1, 9)}15", "sex": chance.choice("MF"),
        "guessed_charset": "", "created_at": moment,
    })  # fmt: skip
    rows[NameWord] += [{"word": word} for word in words]
    rows[PatientNameWord] += [
        {"word": word, "patient_id": patient_id, "folded_name": folded} for word in words
    ]
    return patient_id


def _study(
    rows: dict[type[Base], list[dict[str, Any]]],
    chance: random.Random,
    number: int,
    hospital_id: str,
    patient_id: str,
    moment: Any,
) -> str:
    study_id = _id("S", number)
    modality = _pick(chance, MODALITIES)
    day = _FIRST_DAY + timedelta(days=number * _DAYS // STUDIES)
    studied = {
        "study_date": f"{day:%Y%m%d}",
        "study_time": f"{chance.randint(6, 20):02}{chance.randint(0, 59):02}00",
    }
    rows[Study].append({
        "id": study_id, "hospital_id": hospital_id, "patient_id": patient_id,
        "study_instance_uid": f"2.25.1000{number}", **studied, "accession_number": f"ACC{number:08d}",
        "study_id": str(number), "description": f"{modality} {chance.choice(('NGỰC', 'BỤNG', 'SỌ NÃO', 'CỘT SỐNG'))}",
        "referring_physician_name": patient_name(chance), "patient_age": "050Y", "modalities": f"\\{modality}\\",
        "series_count": SERIES_EACH, "instance_count": SERIES_EACH * INSTANCES_EACH, "size": 5_000_000,
        "state": "complete", "first_received_at": moment, "last_received_at": moment, "announced_at": moment,
        "unannounced": False, "corrected": False, "rejected": "", "retention_class": "", "retain_until": "",
        "legal_hold": "", "guessed_charset": "",
    })  # fmt: skip
    for series in range(SERIES_EACH):
        rows[Series].append({
            "id": _id("E", number * SERIES_EACH + series), "study_id": study_id, "number": series + 1,
            "series_instance_uid": f"2.25.2000{number}{series}", "modality": modality, "description": "AXIAL",
            "body_part": "CHEST", "laterality": "", "series_date": studied["study_date"],
            "series_time": studied["study_time"], "instance_count": INSTANCES_EACH,
            "frame_count": INSTANCES_EACH, "rejected": "", "original_study_instance_uid": "",
        })  # fmt: skip
        rows[Instance] += _instances(number * SERIES_EACH + series, hospital_id, moment)
    return study_id


_FACTS = '{"rows":512,"columns":512,"photometric":"MONOCHROME2","samples":1,"bits_stored":12,"signed":true}'


def _instances(series: int, hospital_id: str, moment: Any) -> Iterator[dict[str, Any]]:
    for place in range(INSTANCES_EACH):
        number = series * INSTANCES_EACH + place
        yield {
            "id": _id("I", number), "hospital_id": hospital_id, "series_id": _id("E", series),
            "sop_instance_uid": f"2.25.3000{number}", "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2", "number": place + 1,
            # No hexadecimal digit first: no start looks for a file of it.
            "digest": f"z{number:063x}", "size": 525_000, "content_key": f"{number:x}",
            "transfer_syntax_uid": "1.2.840.10008.1.2.1", "dataset_start": 400, "header_length": 1500,
            "frame_count": 1, "frame_index": b"", "facts": _FACTS, "notes": "", "rejected": "",
            "original_sop_instance_uid": "", "damaged": False, "received_at": moment,
        }  # fmt: skip


def _grant(
    rows: dict[type[Base], list[dict[str, Any]]], study_id: str, grantee_id: str, reason: str, moment: Any
) -> None:
    rows[StudyGrant].append({
        "id": f"G{study_id[1:]}" if reason == "consult" else study_id, "study_id": study_id,
        "grantee_type": "hospital", "grantee_id": grantee_id, "permission": None, "scope": "own", "expires_at": None,
        "reason": reason, "reason_ref": "", "created_at": moment, "created_by": "system",
    })  # fmt: skip


def commonest() -> Iterable[str]:
    """Given names from the commonest on."""
    return GIVENS

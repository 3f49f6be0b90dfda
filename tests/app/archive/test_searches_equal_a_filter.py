"""Whatever way a search takes, it finds what a plain filter over everything finds: invented archives and questions."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.archive import leads, names
from app.archive.models import Study
from app.archive.queries import Search, StudyQuery, list_studies, search_studies
from app.base.ids import new_id
from tests import dicomgen
from tests.app.archive.conftest import Archive

NUMBER = "00100020"
WORDS = ["NGUYỄN", "TRẦN", "VĂN", "THỊ", "AN", "ANH", "ĐỨC", "HƯƠNG", "Hường", "O'BRIEN"]
DAYS = ["", "20251231", "20260101", "20260102"]
TIMES = ["", "080000", "0815", "235959"]


@dataclass(frozen=True)
class Row:
    """A study as it was sent, and whether somebody hid it."""

    number: str
    name: str
    day: str
    time: str
    modality: str
    accession: str
    physician: str
    hidden: bool


patient_names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from([" ".join(words), "^".join(words[:2]) + " " + " ".join(words[2:])])
)
rows = st.builds(
    Row,
    number=st.sampled_from(["BN1", "bn1", "BN_2", "BNX2", "[7]", "7"]),
    name=patient_names,
    day=st.sampled_from(DAYS),
    time=st.sampled_from(TIMES),
    modality=st.sampled_from(["CT", "MR", "MG"]),
    accession=st.sampled_from(["A1", "a1", "A%", "A*"]),
    physician=patient_names,
    hidden=st.booleans(),
)
texts = st.text(alphabet="BbNn12Xx_%[]7Aa?*", min_size=1, max_size=4)
parts = st.sampled_from(
    ["NGUYEN*", "*an*", "*AN", "AN", "ngu?en*", "*duc*", "van an", "*uon*", "^an*", "TRẦN^*", "o brien*"]
)
ranges = st.sampled_from(["20260101", "20251231-20260101", "-20260101", "20260101-", "19990101"])
questions = st.fixed_dictionaries(
    {},
    optional={
        "PatientID": texts,
        "AccessionNumber": texts,
        "PatientName": parts,
        "ReferringPhysicianName": parts,
        "StudyDate": ranges,
        "StudyTime": st.sampled_from(["08", "0800-0815", "-12", "23-"]),
        "ModalitiesInStudy": st.sampled_from(["CT", "ct,MG", "M?", "XA", "CT\\MR"]),
    },
)


def wildcard(pattern: str, value: str) -> bool:
    if not pattern.strip(" *"):
        return True
    parts_ = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern.strip()]
    return re.fullmatch("".join(parts_), value, re.DOTALL) is not None


def name(asked: str, value: str, *, fuzzy: bool) -> bool:
    """Written apart from the code it judges: words of both, one after the other."""
    written = names.folded(value)
    if fuzzy:
        wanted = names.words(asked)
        return bool(wanted) and all(any(word.startswith(one) for word in written.split()) for one in wanted)
    pattern = names.fold(asked).lstrip("^").replace("^", " ").strip()
    pattern = f"* {pattern}" if asked.startswith("^") else pattern
    return wildcard(pattern, written)


def day(asked: str, value: str) -> bool:
    first, dash, last = asked.partition("-")
    if not dash:
        return value == first
    return value != "" and first <= value and (not last or value <= last)


def time(asked: str, value: str) -> bool:
    first, dash, last = asked.partition("-")
    last = last if dash else first
    return value != "" and first <= value and (not last or value <= last + "~")


def modality(asked: str, value: str) -> bool:
    return any(wildcard(one.upper(), value) for one in re.split(r"[\\,]", asked))


def matches(row: Row, question: dict[str, str], *, fuzzy: bool) -> bool:
    tests = {
        "PatientID": lambda asked: wildcard(asked, row.number),
        "AccessionNumber": lambda asked: wildcard(asked, row.accession),
        "PatientName": lambda asked: name(asked, row.name, fuzzy=fuzzy),
        "ReferringPhysicianName": lambda asked: name(asked, row.physician, fuzzy=fuzzy),
        "StudyDate": lambda asked: day(asked, row.day),
        "StudyTime": lambda asked: time(asked, row.time),
        "ModalitiesInStudy": lambda asked: modality(asked, row.modality),
    }
    return not row.hidden and all(tests[key](asked) for key, asked in question.items())


def enter(archive: Archive, made: list[Row]) -> dict[str, Row]:
    """By study UID. Each archive is a hospital's: the studies of the one before are hidden."""
    with archive.db.transaction() as tx:
        for study in tx.session.query(Study):
            study.rejected = "quality"
    entered = {}
    for row in made:
        key = new_id()
        archive.store(
            dicomgen.ct_slice(
                study=key, patient_id=row.number, patient_name=row.name, StudyDate=row.day, StudyTime=row.time,
                modality=row.modality, AccessionNumber=row.accession, ReferringPhysicianName=row.physician,
            ),
            association_id=key,
        )  # fmt: skip
        entered[dicomgen.uid(key)] = row
    with archive.db.transaction() as tx:
        for study in tx.session.query(Study).filter(Study.study_instance_uid.in_(list(entered))):
            if entered[study.study_instance_uid].hidden:
                study.rejected = "quality"
    return entered


@pytest.mark.parametrize("few", [1, leads.FEW])
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    made=st.lists(rows, max_size=6),
    asked=st.lists(st.tuples(questions, st.booleans()), min_size=8, max_size=12),
)
def test_a_search_finds_what_a_filter_finds(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    made: list[Row],
    asked: list[tuple[dict[str, str], bool]],
) -> None:
    monkeypatch.setattr(leads, "FEW", few)  # with one, what is common is read in order of date
    entered = enter(archive, made)
    actors = [(archive.cast.alice, None), (archive.cast.ct_a, archive.cast.a.id)]
    for question, fuzzy in asked:
        expected = sorted(uid for uid, row in entered.items() if matches(row, question, fuzzy=fuzzy))
        with archive.db.reading() as tx:
            for actor, hospital_id in actors:
                search = Search(question, hospital_id=hospital_id, fuzzy=fuzzy)
                found = [item["0020000D"]["Value"][0] for item in search_studies(tx, actor, search).items]
                assert sorted(found) == expected, (question, fuzzy)


@pytest.mark.parametrize("few", [0, leads.FEW])
def test_pages_follow_each_other_by_every_way(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(leads, "FEW", few)
    for number in range(7):
        archive.store(
            dicomgen.ct_slice(study=f"s{number}", patient_id=f"P{number}", StudyDate=f"2026010{number + 1}")
        )
    with archive.db.reading() as tx:
        for query in (StudyQuery(), StudyQuery(text="p"), StudyQuery(modality="CT")):
            pages = [
                list_studies(
                    tx,
                    archive.cast.alice,
                    StudyQuery(text=query.text, modality=query.modality, limit=3, offset=at),
                )
                for at in (0, 3, 6)
            ]
            found = [study.patient_id for page in pages for study in page.studies]
            assert found == [f"P{number}" for number in reversed(range(7))]
            assert [page.more for page in pages] == [True, True, False]

"""The pages on which a person corrects, decides on files set aside and has a study destroyed by a second person."""

import re
from html import unescape

import pytest

from app.archive import actions
from app.archive.part10 import read_part10
from app.archive.queries import (
    MOST_FOUND,
    deletions,
    patient_collisions,
    set_asides,
    study_info,
    study_to_correct_info,
)
from app.archive.states import Source, SourceKind
from tests.app.storing import no_record
from tests.dicomgen import ct_slice
from tests.factories import Browser
from tests.website import Website


@pytest.fixture
def study_id(site: Website) -> str:
    """Two series of one study."""
    found = site.store(site.cast.ct_a, [ct_slice(series="one"), ct_slice(series="two")])
    with site.services.db.transaction() as tx:
        no_record(tx, found)
    return found


def opened(browser: Browser, page: str, what: str, which: int = 0) -> dict[str, str]:
    """All that one of the forms of the page would send if nothing was typed."""
    form = browser.get(page).text.split(f'action="{page}/{what}"')[which + 1].split("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        fields[said["name"]] = unescape(said.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form):
        chosen = re.findall(r'value="(\w*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    del fields["csrf_token"]
    return fields


def test_a_study_is_corrected_and_the_correction_taken_back(site: Website, study_id: str) -> None:
    tam = site.signed_in(site.cast.tam)
    page = f"/studies/{study_id}/corrections"
    assert f'href="{page}"' in tam.get("/studies").text
    form = opened(tam, page, "edit-study") | {"description": "<b>CT bụng</b>", "reason": "chọn nhầm"}
    assert tam.post(f"{page}/edit-study", form).status_code == 303
    shown = tam.get(page).text
    assert "&lt;b&gt;CT bụng&lt;/b&gt;" in shown
    assert "chọn nhầm" in shown
    undo = shown.split("/corrections/undo/")[1].split('"')[0]
    assert tam.post(f"{page}/undo/{undo}").status_code == 303
    assert "taken back" in tam.get(page).text


@pytest.mark.parametrize(
    ("what", "form", "status"),
    [
        ("edit-patient", {"name": "Lê^Thị Mai", "reason": "x"}, 303),
        ("edit-study", {"study_date": "2026-02-03", "reason": "x"}, 303),
        ("edit-study", {"study_date": "tomorrow", "reason": "x"}, 400),
        ("edit-study", {"description": "y", "reason": ""}, 400),
        ("move-to-new", {"name": "Lê^Thị Mai", "patient_id": "9", "reason": "x"}, 303),
        ("reject", {"code": "113001"}, 303),
        ("reject", {"code": "0"}, 400),
        ("split", {"reason": "x"}, 400),
        ("delete", {"reason": "x"}, 303),
        ("nonsense", {"reason": "x"}, 404),
    ],
)
def test_each_form_does_or_says_why_not(
    site: Website, study_id: str, what: str, form: dict[str, str], status: int
) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    answer = tam.post(f"{page}/{what}", (opened(tam, page, what) if what.startswith("edit") else {}) | form)
    assert answer.status_code == status
    if status == 400:
        assert 'role="alert"' in answer.text


FORMS = {
    "edit-patient": ({"name": "LÊ^MAI"}, {"birth_date": "1961-02-03"}, {"name": "LÊ^MY"}),
    "edit-series": ({"description": "AXIAL"}, {"laterality": "L"}, {"description": "CORONAL"}),
    "edit-study": ({"description": "CT bụng"}, {"accession_number": "A-1"}, {"description": "CT ngực"}),
}


@pytest.mark.parametrize("what", FORMS)
def test_a_form_opened_earlier_writes_only_what_was_typed_in_it(
    site: Website, study_id: str, what: str
) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    first, second = opened(tam, page, what), opened(tam, page, what)
    of_first, of_second, _ = FORMS[what]
    assert tam.post(f"{page}/{what}", first | of_first | {"reason": "a"}).status_code == 303
    assert tam.post(f"{page}/{what}", second | of_second | {"reason": "b"}).status_code == 303
    now = opened(tam, page, what)
    wanted = {name: value.replace("-", "") if "date" in name else value for name, value in of_second.items()}
    assert {name: now[name] for name in of_first | of_second} == of_first | wanted


@pytest.mark.parametrize("what", FORMS)
def test_a_field_that_two_people_changed_is_refused_and_written_when_asked_again(
    site: Website, study_id: str, what: str
) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    of_first, beside, of_second = FORMS[what]
    later = opened(tam, page, what) | beside | of_second | {"reason": "second thoughts"}
    tam.post(f"{page}/{what}", opened(tam, page, what) | of_first | {"reason": "a"})
    ((name, value),) = of_first.items()
    answer = tam.post(f"{page}/{what}", later)
    assert answer.status_code == 409
    refusal = answer.text.split('role="alert"')[1].split("</p>")[0]
    assert f"says “{value}” now" in unescape(refusal)
    typed = {**beside, **of_second, "reason": "second thoughts"}
    for said in typed.values():
        assert f'value="{said}"' in unescape(answer.text)
    assert opened(tam, page, what)[name] == value
    again = later | {f"was_{name}": value}  # as the form that came back says
    assert f'name="was_{name}" value="{value}"' in unescape(answer.text)
    assert tam.post(f"{page}/{what}", again).status_code == 303
    assert opened(tam, page, what)[name] == of_second[name]


def test_each_field_that_changed_meanwhile_says_so(site: Website, study_id: str) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    later = opened(tam, page, "edit-patient")
    now = {"name": "LÊ^MAI", "sex": "F", "patient_id": "<7>", "reason": "a"}
    tam.post(f"{page}/edit-patient", opened(tam, page, "edit-patient") | now)
    answer = tam.post(
        f"{page}/edit-patient", later | {"name": "LÊ^MY", "sex": "O", "patient_id": "8", "reason": "b"}
    )
    assert re.findall(r'<p class="hint"[^>]*>([^<]*)</p>', answer.text) == [
        "Somebody changed it meanwhile to “LÊ^MAI”.",
        "Somebody changed it meanwhile to “&lt;7&gt;”.",
        "Somebody changed it meanwhile to “Female”.",
    ]


def test_a_patients_form_is_not_written_to_whom_the_study_was_moved_to(site: Website, study_id: str) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    later = opened(tam, page, "edit-patient")
    tam.post(f"{page}/move-to-new", {"name": "LÊ^MAI", "sex": later["sex"], "reason": "a"})
    answer = tam.post(f"{page}/edit-patient", later | {"sex": "F", "reason": "b"})
    assert answer.status_code == 409
    assert "moved to another patient meanwhile" in answer.text
    assert opened(tam, page, "edit-patient")["sex"] == later["sex"]


def test_a_refused_form_still_holds_what_was_typed(site: Website, study_id: str) -> None:
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    typed = opened(tam, page, "edit-series", which=1) | {"description": "SAGITTAL", "reason": ""}
    answer = tam.post(f"{page}/edit-series", typed)
    assert answer.status_code == 400
    assert answer.text.count('value="SAGITTAL"') == 1


def test_a_code_that_the_form_does_not_offer_stays(site: Website) -> None:
    study_id = site.store(site.cast.ct_a, [ct_slice(PatientSex="U")])
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    form = opened(tam, page, "edit-patient") | {"name": "LÊ^MAI", "reason": "a"}
    assert tam.post(f"{page}/edit-patient", form).status_code == 303
    with site.services.db.reading() as tx:
        patient = study_to_correct_info(tx, site.cast.tam, study_id).patient
    assert (patient.name, patient.sex) == ("LÊ^MAI", "U")


def test_a_right_patient_is_searched_for_and_chosen(site: Website, study_id: str) -> None:
    site.store(site.cast.ct_a, [ct_slice(study="study-9", patient_id="BN9", patient_name="ĐỖ^THỊ LAN")])
    tam = site.signed_in(site.cast.tam)
    page = f"/studies/{study_id}/corrections"
    found = tam.get(f"{page}?patient=lan").text
    row = found.split('name="patient_row" value="')[1].split('"')[0]
    assert tam.post(f"{page}/move", {"patient_row": row, "reason": "x"}).status_code == 303
    with site.services.db.reading() as tx:
        assert study_info(tx, site.cast.alice, study_id).patient_id == "BN9"


def test_patients_beyond_the_first_are_asked_for_by_more_of_the_number(site: Website, study_id: str) -> None:
    for number in range(MOST_FOUND + 1):
        site.store(site.cast.ct_a, [ct_slice(study=f"of-{number}", patient_id=f"DX-25{number:03}")])
    tam, page = site.signed_in(site.cast.tam), f"/studies/{study_id}/corrections"
    found = tam.get(f"{page}?patient=dx-25").text
    assert found.count('name="patient_row"') == MOST_FOUND
    assert "Write more of the name or number." in found
    assert "Write more of the name or number." not in tam.get(f"{page}?patient=dx-25001").text


def test_others_find_nothing_and_readers_may_not(site: Website, study_id: str) -> None:
    page = f"/studies/{study_id}/corrections"
    assert site.signed_in(site.cast.giang).get(page).status_code == 404
    assert site.signed_in(site.cast.alice).get(page).status_code == 403


def test_a_second_person_destroys_what_the_first_asked_for(site: Website, study_id: str) -> None:
    with site.services.db.transaction() as tx:
        actions.request_deletion(tx, site.cast.tam, study_id=study_id, reason="nhầm <i>bệnh nhân</i>")
    with site.services.db.reading() as tx:
        (row,) = deletions(tx, site.cast.dung, waiting=True)
    tam, dung = site.signed_in(site.cast.tam), site.signed_in(site.cast.dung)
    assert "Take back" in tam.get("/deletions").text
    assert tam.post(f"/deletions/{row.id}/confirm").status_code == 403
    assert "nhầm &lt;i&gt;bệnh nhân&lt;/i&gt;" in dung.get("/deletions").text
    assert '<span class="badge warn">1</span>' in dung.get("/corrections").text
    assert dung.post(f"/deletions/{row.id}/confirm").status_code == 303
    assert "Destroyed" in dung.get("/deletions").text
    assert site.signed_in(site.cast.alice).get(f"/studies/{study_id}").status_code == 404


def test_a_rejected_study_that_is_sent_again_says_so(site: Website, study_id: str) -> None:
    tam = site.signed_in(site.cast.tam)
    page = f"/studies/{study_id}/corrections"
    tam.post(f"{page}/reject", {"code": "113001"})
    assert "sent images of it again" not in tam.get(page).text
    assert send_later(site, ct_slice(series="one")) == "duplicate"
    assert "CT07 sent images of it again" in tam.get(page).text


def send_later(site: Website, data: bytes) -> str:
    """By another association; what became of it."""
    with site.services.blobs.open_spool() as spool:
        spool.write(data)
        blob = spool.commit()
    with site.services.db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "second", "CT07")
        stored = actions.store_instance(
            tx, site.cast.ct_a, blob=blob, part10=read_part10(data), source=source
        )
    return stored.outcome


def test_a_file_set_aside_is_compared_and_decided(site: Website, study_id: str) -> None:
    assert study_id
    assert send_later(site, ct_slice(series="one", StudyDescription="<b>another</b>")) == "set-aside"
    with site.services.db.reading() as tx:
        (file,) = set_asides(tx, site.cast.tam)
    tam = site.signed_in(site.cast.tam)
    page = tam.get(f"/set-aside/{file.id}").text
    assert "&lt;b&gt;another&lt;/b&gt;" in page
    assert "StudyDescription" in page
    for which in ("first", "other"):
        assert tam.get(f"/set-aside/{file.id}/picture/{which}").data.startswith(b"\xff\xd8")
    assert tam.post(f"/set-aside/{file.id}", {"decision": "nothing"}).status_code == 400
    assert tam.post(f"/set-aside/{file.id}", {"decision": "discard"}).status_code == 303
    assert "Nothing is set aside" in tam.get("/set-aside").text
    assert site.signed_in(site.cast.giang).get(f"/set-aside/{file.id}").status_code == 404


def test_two_people_under_one_number_are_told_apart(site: Website, study_id: str) -> None:
    assert study_id
    site.store(site.cast.ct_a, [ct_slice(study="study-9", patient_name="TRẦN^BÌNH")])
    tam = site.signed_in(site.cast.tam)
    assert "TRẦN BÌNH" in tam.get("/patient-collisions").text
    with site.services.db.reading() as tx:
        (pair,) = patient_collisions(tx, site.cast.tam)
    assert tam.post(f"/patient-collisions/{pair.id}").status_code == 303
    assert tam.post(f"/patient-collisions/{pair.id}").status_code == 409
    assert "Every patient number stands for one person." in tam.get("/patient-collisions").text

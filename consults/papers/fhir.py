"""A consult in FHIR R4 (4.0.1): one Bundle of type collection with Task, ServiceRequest, a Communication for each line
of the talk that everybody may read, and whom and what they speak of.

Resources point to each other by `urn:uuid`, made of our ids: the same consult is the same resources each time, and no
FHIR server is needed to follow them. `Task.status` is the consult's state: lifecycle.py took its words from there.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.identity.queries import HospitalInfo, PersonInfo
from consults.lifecycle import State
from consults.opinions.written import texts_of
from consults.papers.fhir_case import Case
from consults.papers.grades import AGREEMENTS, FOLLOWS, signers_of
from consults.urgency import Urgency

Resource = dict[str, Any]

_DICOM_UID = "urn:dicom:uid"
_DICOM_CODES = "http://dicom.nema.org/resources/ontology/DCM"
_IDENTIFIERS = "http://terminology.hl7.org/CodeSystem/v2-0203"
_FULFIL = {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}
_GENDERS = {"F": "female", "M": "male", "O": "other"}
_PRIORITY = {Urgency.EMERGENCY: "stat", Urgency.ROUTINE: "routine", Urgency.URGENT: "urgent"}
_REQUEST: dict[State, str] = {
    State.ACCEPTED: "active",
    State.CANCELLED: "revoked",
    State.COMPLETED: "completed",
    State.DRAFT: "draft",
    State.IN_PROGRESS: "active",
    State.ON_HOLD: "on-hold",
    State.REJECTED: "revoked",
    State.REQUESTED: "active",
}


def bundle_of(case: Case) -> Resource:
    """The whole case; nothing in it is empty (FHIR R4, 2.6.2: no element without content)."""
    lines = {line["id"]: line for line in case.lines if _payload(case, line)}
    resources = [
        _task(case),
        _service_request(case),
        _patient(case),
        *(_imaging_study(case, study) for study in case.facts["studies"]),
        *(_organization(one) for one in _hospitals(case)),
        *(_practitioner(one) for one in case.people.values()),
        *(_communication(case, line, lines) for line in lines.values()),
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(case.changed_at),
        "entry": [
            {"fullUrl": _address(one["resourceType"], one["id"]), "resource": _without_gaps(one)}
            for one in resources
        ],
    }


def _task(case: Case) -> Resource:
    owner = _person(case, case.owner_id) or _ref("Organization", case.consulting.id, case.consulting.name)
    return {
        "resourceType": "Task",
        "id": case.id,
        "identifier": [{"type": {"text": "Consult"}, "value": case.facts["number"]}],
        "basedOn": [_ref("ServiceRequest", case.id)],
        "status": case.state.value,
        "statusReason": {"text": case.reason} if case.reason else None,
        "intent": "order",
        "priority": _PRIORITY[case.urgency],
        "code": {"coding": [_FULFIL]},
        "focus": _ref("ServiceRequest", case.id),
        "for": _ref("Patient", case.id, case.facts["patient"]["name"]),
        "authoredOn": _moment(case.requested_at),
        "lastModified": _moment(case.changed_at),
        "requester": _person(case, case.referrer_id),
        "owner": owner,
        "restriction": {"period": {"end": _moment(case.due_at)}} if case.due_at else None,
        "input": [_said(f"Question {one['number']}", one["text"]) for one in case.facts["questions"]],
        "output": _outputs(case),
    }


def _outputs(case: Case) -> list[Resource]:
    answers = [
        told
        for one in case.facts["questions"]
        for told in _texts(case, one["id"], f"answer to question {one['number']}")
    ]
    return answers + _texts(case, None, "opinion") + _signers(case) + _decided(case) + _came(case)


def _texts(case: Case, question_id: str | None, name: str) -> list[Resource]:
    """The one that stands, then those before it, the newest first, each as what it is."""
    newest_first = texts_of(case.opinions["written"], question_id)[::-1]
    standing = [_said(name.capitalize(), one["text"]) for one in newest_first[:1]]
    return standing + [_said(f"Earlier {name}, given {one['at']}", one["text"]) for one in newest_first[1:]]


def _signers(case: Case) -> list[Resource]:
    """Who made the opinion their own; whoever gave it owns the task."""
    signed = [_person(case, one["person"]["id"]) for one in signers_of(case.opinions)]
    return [
        {"type": {"text": "Further signer of the opinion"}, "valueReference": one} for one in signed if one
    ]


def _decided(case: Case) -> list[Resource]:
    decision = case.opinions["decision"]
    if decision is None:
        return []
    follows = FOLLOWS[decision["follows"]]
    return [
        _said("Whether the requester follows the opinion", follows),
        _said("Decision of the requester", decision["text"]),
    ]


def _came(case: Case) -> list[Resource]:
    outcome = case.opinions["outcome"]
    if outcome is None:
        return []
    source = outcome["source"]
    return [
        _said("Outcome", AGREEMENTS[outcome["agreement"]]),
        _said("Final diagnosis", outcome["diagnosis"]),
        *([_said("How the final diagnosis is known", source)] if source else []),
    ]


def _said(name: str, text: str) -> Resource:
    return {"type": {"text": name}, "valueString": text}


def _service_request(case: Case) -> Resource:
    mode = (case.facts["basis"] or {}).get("mode")
    return {
        "resourceType": "ServiceRequest",
        "id": case.id,
        "identifier": [{"type": {"text": "Consult"}, "value": case.facts["number"]}],
        "status": _REQUEST[case.state],
        "intent": "order",
        "category": [{"text": mode}] if mode else None,
        "priority": _PRIORITY[case.urgency],
        "code": {
            "coding": [{"system": "http://snomed.info/sct", "code": "11429006", "display": "Consultation"}]
        },
        "subject": _ref("Patient", case.id, case.facts["patient"]["name"]),
        "authoredOn": _moment(case.requested_at),
        "requester": _person(case, case.referrer_id),
        "performer": [_ref("Organization", case.consulting.id, case.consulting.name)],
        "reasonCode": [{"text": case.history}] if case.history else None,
        "supportingInfo": _studies(case),
    }


def _patient(case: Case) -> Resource:
    """As the referrer saw the patient when asking; the number is one of the referring hospital."""
    patient = case.facts["patient"]
    numbered = {
        "type": {"coding": [{"system": _IDENTIFIERS, "code": "MR"}]},
        "value": patient["id"],
        "assigner": {"display": case.referring.name},
    }
    return {
        "resourceType": "Patient",
        "id": case.id,
        "identifier": [numbered] if patient["id"] else None,
        "name": [{"text": patient["name"]}] if patient["name"] else None,
        "gender": _GENDERS.get(patient["sex"], "unknown"),
        "birthDate": _day(patient["birth_date"]),
        "managingOrganization": _ref("Organization", case.referring.id, case.referring.name),
    }


def _imaging_study(case: Case, study: Resource) -> Resource:
    """UID, day and counts are there while the right to the images lasts."""
    uid = study.get("study_instance_uid")
    modalities = study.get("modalities", [])
    return {
        "resourceType": "ImagingStudy",
        "id": study["id"],
        "identifier": [{"system": _DICOM_UID, "value": f"urn:oid:{uid}"}] if uid else None,
        "status": "available" if uid else "unknown",
        "modality": [{"system": _DICOM_CODES, "code": one} for one in modalities] or None,
        "subject": _ref("Patient", case.id),
        "started": _day(study.get("date", "")),
        "numberOfInstances": study.get("images"),
        "description": study["description"] or None,
    }


def _hospitals(case: Case) -> list[HospitalInfo]:
    return list({one.id: one for one in (case.referring, case.consulting)}.values())


def _organization(one: HospitalInfo) -> Resource:
    return {"resourceType": "Organization", "id": one.id, "active": True, "name": one.name}


def _practitioner(one: PersonInfo) -> Resource:
    licence = {
        "type": {"coding": [{"system": _IDENTIFIERS, "code": "MD"}]},
        "value": one.licence_number,
    }
    return {
        "resourceType": "Practitioner",
        "id": one.id,
        "identifier": [licence] if one.licence_number else None,
        "name": [{"text": one.name}],
    }


def _communication(case: Case, line: Resource, lines: Collection[str]) -> Resource:
    """`lines`: the ids of all that are there."""
    reply, view = line.get("reply_to"), line["view"]
    answers = reply["id"] if reply and reply["kind"] == "message" else None
    return {
        "resourceType": "Communication",
        "id": line["id"],
        "basedOn": [_ref("ServiceRequest", case.id)],
        "partOf": [_ref("Task", case.id)],
        "inResponseTo": [_ref("Communication", answers)] if answers in lines else None,
        "status": "completed",
        "subject": _ref("Patient", case.id),
        "about": [_ref("ImagingStudy", view["study_id"])] if view else None,
        "sent": line["at"],
        "sender": _person(case, line["author"]["id"]) or {"display": line["author"]["name"]},
        "recipient": [_ref("Organization", one.id, one.name) for one in _hospitals(case)],
        "payload": _payload(case, line),
    }


def _payload(case: Case, line: Resource) -> list[Resource]:
    """Words, and what each file is; a line may have either alone. The files' bytes are in the package."""
    files = [case.files[one] for one in line.get("attachments", []) if one in case.files]
    words = [{"contentString": line["text"]}] if line["text"].strip() else []
    return words + [{"contentAttachment": _attachment(one)} for one in files]


def _attachment(file: Resource) -> Resource:
    told = {"title": file["name"], "contentType": file["media_type"]}
    return {**told, "size": file["size"], "creation": file["at"]}


def _studies(case: Case) -> list[Resource] | None:
    return [_ref("ImagingStudy", one["id"], one["description"]) for one in case.facts["studies"]] or None


def _person(case: Case, person_id: str | None) -> Resource | None:
    person = case.people.get(person_id or "")
    return _ref("Practitioner", person.id, person.name) if person else None


def _ref(kind: str, id_: str | None, display: str = "") -> Resource:
    return {"reference": _address(kind, id_ or ""), **({"display": display} if display else {})}


def _address(kind: str, id_: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'hoichan/{kind}/{id_}')}"


def _moment(at: datetime | None) -> str | None:
    return _instant(at) if at else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(of: str) -> str | None:
    """A DICOM date, or its year alone, as FHIR writes it."""
    if len(of) == 8:
        return f"{of[:4]}-{of[4:6]}-{of[6:]}"
    return of if len(of) == 4 else None


def _without_gaps(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if value not in (None, [], "")}

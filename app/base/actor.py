"""Who asks, and what their roles allow. The one table of roles and permissions (house.md, rule 9)."""

from dataclasses import dataclass
from enum import StrEnum

from app.base.errors import Forbidden


class Role(StrEnum):
    """What a person is at their hospital; one person may hold several."""

    AUDITOR = "auditor"
    HOSPITAL_ADMINISTRATOR = "hospital-administrator"
    PLATFORM_ADMINISTRATOR = "platform-administrator"
    REFERRER = "referrer"
    SPECIALIST = "specialist"
    TECHNICIAN = "technician"


class Permission(StrEnum):
    """Every right a route or an action may ask for, alphabetical."""

    ANNOTATION_WRITE = "annotation:write"
    AUDIT_READ = "audit:read"
    CONSULT_ANSWER = "consult:answer"
    CONSULT_ASK = "consult:ask"
    CONSULT_DISCUSS = "consult:discuss"
    DEVICE_MANAGE = "device:manage"
    HOSPITAL_MANAGE = "hospital:manage"
    LINK_MANAGE = "link:manage"
    PERSON_MANAGE = "person:manage"
    REPORT_WRITE = "report:write"
    STUDY_READ = "study:read"
    STUDY_STORE = "study:store"


class ActorKind(StrEnum):
    """What stands behind an actor."""

    DEVICE = "device"
    LINK = "link"
    PERSON = "person"
    SYSTEM = "system"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.AUDITOR: frozenset({Permission.AUDIT_READ}),
    Role.HOSPITAL_ADMINISTRATOR: frozenset(
        {Permission.AUDIT_READ, Permission.DEVICE_MANAGE, Permission.PERSON_MANAGE}
    ),
    Role.PLATFORM_ADMINISTRATOR: frozenset(
        {
            Permission.AUDIT_READ,
            Permission.DEVICE_MANAGE,
            Permission.HOSPITAL_MANAGE,
            Permission.PERSON_MANAGE,
        }
    ),
    Role.REFERRER: frozenset(
        {
            Permission.ANNOTATION_WRITE,
            Permission.CONSULT_ASK,
            Permission.CONSULT_DISCUSS,
            Permission.LINK_MANAGE,
            Permission.REPORT_WRITE,
            Permission.STUDY_READ,
            Permission.STUDY_STORE,
        }
    ),
    Role.SPECIALIST: frozenset(
        {
            Permission.ANNOTATION_WRITE,
            Permission.CONSULT_ANSWER,
            Permission.CONSULT_ASK,
            Permission.CONSULT_DISCUSS,
            Permission.LINK_MANAGE,
            Permission.REPORT_WRITE,
            Permission.STUDY_READ,
            Permission.STUDY_STORE,
        }
    ),
    Role.TECHNICIAN: frozenset({Permission.STUDY_READ, Permission.STUDY_STORE}),
}

_BY_KIND: dict[ActorKind, frozenset[Permission]] = {
    ActorKind.DEVICE: frozenset({Permission.STUDY_READ, Permission.STUDY_STORE}),
    ActorKind.LINK: frozenset({Permission.STUDY_READ}),
    ActorKind.PERSON: frozenset(),
    ActorKind.SYSTEM: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """Whoever asks: a person in a session, a device, a patient's link, or the system itself."""

    kind: ActorKind
    id: str
    name: str
    hospital_id: str | None
    roles: frozenset[Role] = frozenset()
    session_id: str | None = None
    address: str | None = None

    def allows(self, permission: Permission) -> bool:
        """Whether the actor's kind or one of their roles gives this permission."""
        return permission in _BY_KIND[self.kind] or any(permission in ALLOWED[role] for role in self.roles)

    def check(self, permission: Permission) -> None:
        """The first line of an action: raises Forbidden when the permission is missing."""
        if not self.allows(permission):
            raise Forbidden


SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system", name="Hoichan", hospital_id=None)

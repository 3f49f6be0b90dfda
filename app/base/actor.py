"""Who asks, and what their roles allow. The one table of roles and permissions (house.md, rule 9)."""

from dataclasses import dataclass
from enum import StrEnum

from app.base.errors import Forbidden


class Role(StrEnum):
    """What a person is at their hospital; one person may hold several."""

    AUDITOR = "auditor"
    COORDINATOR = "coordinator"
    GUEST = "guest"  # invited to one consult, without an account
    HOSPITAL_ADMINISTRATOR = "hospital-administrator"
    NAMELESS_GUEST = "nameless-guest"  # the same, and never told who the patient is
    PLATFORM_ADMINISTRATOR = "platform-administrator"
    REFERRER = "referrer"
    SPECIALIST = "specialist"
    TECHNICIAN = "technician"


class Permission(StrEnum):
    """Every right a route or an action may ask for, alphabetical."""

    AGREEMENT_MANAGE = "agreement:manage"
    ANNOTATION_WRITE = "annotation:write"
    AUDIT_READ = "audit:read"
    CONSULT_ANSWER = "consult:answer"
    CONSULT_ASK = "consult:ask"
    CONSULT_COORDINATE = "consult:coordinate"
    CONSULT_DISCUSS = "consult:discuss"
    DELIVERY_MANAGE = "delivery:manage"
    DEVICE_MANAGE = "device:manage"
    DUTY_WATCH = "duty:watch"
    HOSPITAL_MANAGE = "hospital:manage"
    LINK_MANAGE = "link:manage"
    NOTIFY_MANAGE = "notify:manage"
    PERSON_MANAGE = "person:manage"
    REPORT_WRITE = "report:write"
    ROUTING_MANAGE = "routing:manage"
    STATISTICS_READ = "statistics:read"
    STORAGE_MANAGE = "storage:manage"
    STUDY_CORRECT = "study:correct"
    STUDY_DELETE = "study:delete"
    STUDY_EXPORT = "study:export"
    STUDY_FETCH = "study:fetch"
    STUDY_READ = "study:read"
    STUDY_STORE = "study:store"
    TOKEN_MANAGE = "token:manage"  # noqa: S105 - a right, not a password
    VIEWER_MANAGE = "viewer:manage"


class ActorKind(StrEnum):
    """What stands behind an actor."""

    DEVICE = "device"
    LINK = "link"
    PERSON = "person"
    PROGRAM = "program"
    SYSTEM = "system"


class Right(StrEnum):
    """What a device or a program is registered for; people have roles instead."""

    COMMIT = "commit"
    CONSULT = "consult"
    QUERY = "query"
    RETRIEVE = "retrieve"
    STORE = "store"


_GUEST = frozenset({Permission.ANNOTATION_WRITE, Permission.CONSULT_DISCUSS, Permission.STUDY_READ})
GUESTS = frozenset({Role.GUEST, Role.NAMELESS_GUEST})
"""Given with an invitation, never by an administrator; they enter routes that say `guests=True` alone."""

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.AUDITOR: frozenset({Permission.AUDIT_READ}),
    Role.COORDINATOR: frozenset(
        {
            Permission.CONSULT_COORDINATE,
            Permission.CONSULT_DISCUSS,
            Permission.DUTY_WATCH,
            Permission.STATISTICS_READ,
        }
    ),
    Role.GUEST: _GUEST,
    Role.HOSPITAL_ADMINISTRATOR: frozenset(
        {
            Permission.AGREEMENT_MANAGE,
            Permission.AUDIT_READ,
            Permission.DELIVERY_MANAGE,
            Permission.DEVICE_MANAGE,
            Permission.NOTIFY_MANAGE,
            Permission.PERSON_MANAGE,
            Permission.ROUTING_MANAGE,
            Permission.STATISTICS_READ,
            Permission.STORAGE_MANAGE,
            Permission.STUDY_CORRECT,
            Permission.STUDY_DELETE,
            Permission.TOKEN_MANAGE,
            Permission.VIEWER_MANAGE,
        }
    ),
    Role.NAMELESS_GUEST: _GUEST,
    Role.PLATFORM_ADMINISTRATOR: frozenset(
        {
            Permission.AGREEMENT_MANAGE,
            Permission.AUDIT_READ,
            Permission.DEVICE_MANAGE,
            Permission.DUTY_WATCH,
            Permission.HOSPITAL_MANAGE,
            Permission.NOTIFY_MANAGE,
            Permission.PERSON_MANAGE,
            Permission.STATISTICS_READ,
            Permission.STORAGE_MANAGE,
            Permission.TOKEN_MANAGE,
        }
    ),
    Role.REFERRER: frozenset(
        {
            Permission.ANNOTATION_WRITE,
            Permission.CONSULT_ASK,
            Permission.CONSULT_DISCUSS,
            Permission.DELIVERY_MANAGE,
            Permission.LINK_MANAGE,
            Permission.REPORT_WRITE,
            Permission.STATISTICS_READ,
            Permission.STUDY_EXPORT,
            Permission.STUDY_FETCH,
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
            Permission.DELIVERY_MANAGE,
            Permission.LINK_MANAGE,
            Permission.REPORT_WRITE,
            Permission.STATISTICS_READ,
            Permission.STUDY_EXPORT,
            Permission.STUDY_FETCH,
            Permission.STUDY_READ,
            Permission.STUDY_STORE,
        }
    ),
    Role.TECHNICIAN: frozenset(
        {
            Permission.DELIVERY_MANAGE,
            Permission.STUDY_CORRECT,
            Permission.STUDY_EXPORT,
            Permission.STUDY_FETCH,
            Permission.STUDY_READ,
            Permission.STUDY_STORE,
        }
    ),
}

_BY_KIND: dict[ActorKind, frozenset[Permission]] = {
    ActorKind.DEVICE: frozenset({Permission.STUDY_READ, Permission.STUDY_STORE}),
    ActorKind.LINK: frozenset({Permission.STUDY_READ}),
    ActorKind.PERSON: frozenset(),
    ActorKind.PROGRAM: frozenset({Permission.CONSULT_DISCUSS, Permission.STUDY_READ, Permission.STUDY_STORE}),
    ActorKind.SYSTEM: frozenset(Permission),
}


_BY_RIGHT: dict[Right, frozenset[Permission]] = {
    Right.COMMIT: frozenset({Permission.STUDY_READ}),
    Right.CONSULT: frozenset({Permission.CONSULT_DISCUSS}),
    Right.QUERY: frozenset({Permission.STUDY_READ}),
    Right.RETRIEVE: frozenset({Permission.STUDY_READ}),
    Right.STORE: frozenset({Permission.STUDY_STORE}),
}


@dataclass(frozen=True)
class Actor:
    """Whoever asks: a person in a session, a device, a program, a patient's link, or the system itself.

    `rights` narrows what a device or program may do to what it is registered for; None narrows nothing.
    """

    kind: ActorKind
    id: str
    name: str
    hospital_id: str | None
    roles: frozenset[Role] = frozenset()
    session_id: str | None = None
    address: str | None = None
    rights: frozenset[Right] | None = None

    @property
    def is_guest(self) -> bool:
        """Somebody invited without an account."""
        return bool(self.roles & GUESTS)

    @property
    def sees_names(self) -> bool:
        """Whether they may know who the patient of a study is."""
        return Role.NAMELESS_GUEST not in self.roles

    def allows(self, permission: Permission) -> bool:
        """Whether the actor's kind or one of their roles gives this permission."""
        if self.rights is not None and not any(permission in _BY_RIGHT[right] for right in self.rights):
            return False
        return permission in _BY_KIND[self.kind] or any(permission in ALLOWED[role] for role in self.roles)

    def check(self, permission: Permission) -> None:
        """The first line of an action: raises Forbidden when the permission is missing."""
        if not self.allows(permission):
            raise Forbidden

    def has_right(self, right: Right) -> bool:
        """Whether a device or program is registered for this; True for whoever is not narrowed."""
        return self.rights is None or right in self.rights

    def check_right(self, right: Right) -> None:
        """Raises Forbidden when a device or program is not registered for this."""
        if not self.has_right(right):
            raise Forbidden


SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system", name="Hoichan", hospital_id=None)


def link_holder(address: str | None) -> Actor:
    """Somebody who holds a link and has not answered yet: may see nothing."""
    return Actor(kind=ActorKind.LINK, id="visitor", name="", hospital_id=None, address=address)

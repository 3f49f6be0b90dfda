"""The event types of the standard."""

from enum import StrEnum


class AuditKind(StrEnum):
    """DICOM PS3.15 A.5.3, codes of PS3.16 CID 400; alphabetical."""

    APPLICATION_ACTIVITY = "110100"
    AUDIT_LOG_USED = "110101"
    BEGIN_TRANSFERRING = "110102"
    EXPORT = "110106"
    IMPORT = "110107"
    INSTANCES_ACCESSED = "110103"
    INSTANCES_TRANSFERRED = "110104"
    NETWORK_ENTRY = "110108"
    ORDER_RECORD = "110109"
    PATIENT_RECORD = "110110"
    PROCEDURE_RECORD = "110111"
    QUERY = "110112"
    SECURITY_ALERT = "110113"
    STUDY_DELETED = "110105"
    USER_AUTHENTICATION = "110114"

    @property
    def meaning(self) -> str:
        """The standard's words, a sentence of the catalogue."""
        return MEANINGS[self]


class AuditType(StrEnum):
    """What a record's `type` says more exactly: DICOM PS3.16 CID 401 and 403; alphabetical."""

    LOGIN = "110122"
    LOGOUT = "110123"
    NETWORK_CONFIGURATION = "110128"
    OBJECT_RIGHTS_CHANGED = "110135"
    ROLES_CHANGED = "110136"
    SECURITY_CONFIGURATION = "110129"
    USER_CHANGED = "110137"


# Sentences of the catalogue, by code.
TYPES: dict[str, str] = {
    AuditType.LOGIN: "Login",
    AuditType.LOGOUT: "Logout",
    AuditType.NETWORK_CONFIGURATION: "Network Configuration",
    AuditType.OBJECT_RIGHTS_CHANGED: "Object Security Attributes Changed",
    AuditType.ROLES_CHANGED: "Security Roles Changed",
    AuditType.SECURITY_CONFIGURATION: "Security Configuration",
    AuditType.USER_CHANGED: "User Security Attributes Changed",
}

MEANINGS: dict[AuditKind, str] = {
    AuditKind.APPLICATION_ACTIVITY: "Application Activity",
    AuditKind.AUDIT_LOG_USED: "Audit Log Used",
    AuditKind.BEGIN_TRANSFERRING: "Begin Transferring DICOM Instances",
    AuditKind.EXPORT: "Export",
    AuditKind.IMPORT: "Import",
    AuditKind.INSTANCES_ACCESSED: "DICOM Instances Accessed",
    AuditKind.INSTANCES_TRANSFERRED: "DICOM Instances Transferred",
    AuditKind.NETWORK_ENTRY: "Network Entry",
    AuditKind.ORDER_RECORD: "Order Record",
    AuditKind.PATIENT_RECORD: "Patient Record",
    AuditKind.PROCEDURE_RECORD: "Procedure Record",
    AuditKind.QUERY: "Query",
    AuditKind.SECURITY_ALERT: "Security Alert",
    AuditKind.STUDY_DELETED: "DICOM Study Deleted",
    AuditKind.USER_AUTHENTICATION: "User Authentication",
}

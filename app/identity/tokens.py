"""Access tokens of programs: made, listed, revoked, and resolved when one is shown. Each is of one hospital, for some
rights, until a day; what is kept is its digest.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update

from app.audit.actions import Action, record
from app.audit.kinds import AuditKind, AuditType
from app.base.actor import Actor, ActorKind, Permission, Right
from app.base.db import Tx
from app.base.errors import Invalid, NotFound
from app.base.ids import new_secret
from app.base.prepared import Prepared
from app.base.signing import digest_of
from app.identity import access, fields
from app.identity.models import AccessToken, Hospital

PROGRAM_RIGHTS = (Right.QUERY, Right.RETRIEVE, Right.STORE, Right.CONSULT)
LONGEST_DAYS = 730
PREFIX = "hoichan_"
"""So that a token that leaked into a file is found by those who look for such things."""
_TOUCH_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class TokenInfo:
    """A token as its administrator knows it: all but the token."""

    id: str
    hospital_id: str
    hospital_name: str
    name: str
    rights: tuple[Right, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    live: bool


@dataclass(frozen=True)
class NewToken:
    """Told once."""

    id: str
    token: str


def create_access_token(
    tx: Tx, actor: Actor, *, hospital_id: str, name: str, rights: Collection[Right], days: int
) -> NewToken:
    """A bearer token for a program that asks this hospital's archive over DICOMweb, or its consults as FHIR."""
    actor.check(Permission.TOKEN_MANAGE)
    home = access.hospital_for(tx, actor, hospital_id)
    wanted = [right for right in PROGRAM_RIGHTS if right in rights]
    if not wanted:
        raise Invalid("no_right", "Choose at least one thing the program may do.")
    token = PREFIX + new_secret()
    row = AccessToken(
        hospital_id=home.id,
        name=fields.check_name(name),
        token_hash=digest_of(token),
        rights=" ".join(wanted),
        created_at=tx.now,
        created_by=actor.id,
        expires_at=tx.now + timedelta(days=fields.check_count(days, least=1, most=LONGEST_DAYS)),
    )
    tx.session.add(row)
    tx.session.flush()
    _audit(tx, actor, "C", row)
    return NewToken(row.id, token)


def revoke_access_token(tx: Tx, actor: Actor, *, token_id: str) -> None:
    """The token stops working at once; its line stays."""
    actor.check(Permission.TOKEN_MANAGE)
    row = tx.session.get(AccessToken, token_id)
    if row is None or not access.sees_hospital(actor, row.hospital_id):
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = tx.now
        _audit(tx, actor, "D", row)


def touch_access_token(tx: Tx, actor: Actor) -> None:
    """The program that is the actor was here now. Not audited: what it does is."""
    tx.session.execute(update(AccessToken).where(AccessToken.id == actor.id).values(last_used_at=tx.now))


def record_wrong_token(tx: Tx, actor: Actor, *, tries: int) -> None:
    """Somebody shows tokens that are none: one record for many tries."""
    record(
        tx,
        actor,
        AuditKind.USER_AUTHENTICATION,
        "E",
        outcome=4,
        subject_type="token",
        subject_id="unknown",
        hospital_id=None,
        detail={"tries": tries},
    )


def access_tokens(tx: Tx, actor: Actor, hospital_id: str | None = None) -> tuple[TokenInfo, ...]:
    """Tokens of a hospital one manages, newest first; for a platform administrator None means all."""
    actor.check(Permission.TOKEN_MANAGE)
    query = select(AccessToken).order_by(AccessToken.id.desc())
    wanted = hospital_id or actor.hospital_id
    if wanted is not None:
        access.hospital_for(tx, actor, wanted)
        query = query.where(AccessToken.hospital_id == wanted)
    elif not actor.allows(Permission.HOSPITAL_MANAGE):
        raise NotFound
    return tuple(_info(row, tx.now) for row in tx.session.scalars(query))


def program_with_token(tx: Tx, token: str, address: str | None) -> tuple[Actor, bool] | None:
    """The program that holds this token, and whether its last use should be noted; None when it is nobody's."""
    shown = {"token_hash_": digest_of(token), "now_": tx.now, "touched_before_": tx.now - _TOUCH_AFTER}
    row = _KNOWN.first(tx, **shown)
    if row is None:
        return None
    id_, name, hospital_id, rights, touch_due = row
    actor = Actor(
        kind=ActorKind.PROGRAM,
        id=id_,
        name=name,
        hospital_id=hospital_id,
        address=address,
        rights=frozenset(Right(right) for right in rights.split()),
    )
    return actor, bool(touch_due)


# Every request of a program asks this.
_KNOWN = Prepared(
    lambda _: select(
        AccessToken.id,
        AccessToken.name,
        AccessToken.hospital_id,
        AccessToken.rights,
        or_(AccessToken.last_used_at.is_(None), AccessToken.last_used_at < bindparam("touched_before_")),
    ).where(
        AccessToken.token_hash == bindparam("token_hash_"),
        AccessToken.revoked_at.is_(None),
        AccessToken.expires_at > bindparam("now_"),
    )
)


def _info(row: AccessToken, now: datetime) -> TokenInfo:
    home: Hospital = row.hospital
    return TokenInfo(
        id=row.id,
        hospital_id=row.hospital_id,
        hospital_name=home.name,
        name=row.name,
        rights=tuple(Right(right) for right in row.rights.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        live=row.revoked_at is None and row.expires_at > now,
    )


def _audit(tx: Tx, actor: Actor, action: Action, row: AccessToken) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        action,
        subject_type="access-token",
        subject_id=row.id,
        hospital_id=row.hospital_id,
        detail={"type": AuditType.SECURITY_CONFIGURATION, "rights": row.rights},
    )

"""Every read of packages."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from consults.minutes.access import consult_with_minutes
from consults.papers.actions import may_keep
from consults.papers.lifecycle import SHOWN, Phase
from consults.papers.models import ConsultPackage, PackageFile


@dataclass(frozen=True)
class PackageInfo:
    """The newest package the actor asked for; `size` in bytes once it is ready."""

    id: str
    phase: Phase
    done: int
    total: int
    kept: int
    keeps: bool
    problem: str  # a sentence of the catalogue, filled from `problem_params`
    problem_params: dict[str, Any]
    size: int
    expires_at: datetime


@dataclass(frozen=True)
class PackagePage:
    """What the page shows; `package` is None before one was asked for, and after it was forgotten."""

    number: str
    patient_name: str
    may_keep: bool
    package: PackageInfo | None


def package_page(tx: Tx, actor: Actor, consult_id: str) -> PackagePage:
    """Raises NotFound for whoever may not carry the consult away."""
    consult, _ = consult_with_minutes(tx, actor, consult_id)
    query = (
        select(ConsultPackage, PackageFile.size)
        .outerjoin(PackageFile, PackageFile.package_id == ConsultPackage.id)
        .where(
            ConsultPackage.consult_id == consult.id,
            ConsultPackage.person_id == actor.id,
            ConsultPackage.phase.in_(SHOWN),
            ConsultPackage.expires_at > tx.now,
        )
        .order_by(ConsultPackage.id.desc())
        .limit(1)
    )
    found = tx.session.execute(query).one_or_none()
    info = _info(found[0], found[1] or 0) if found else None
    return PackagePage(consult.number, consult.patient_name, may_keep(consult, actor), info)


def _info(row: ConsultPackage, size: int) -> PackageInfo:
    problem, params = json.loads(row.problem) if row.problem.startswith("[") else (row.problem, {})
    return PackageInfo(
        id=row.id,
        phase=Phase(row.phase),
        done=row.done,
        total=row.total,
        kept=row.kept,
        keeps=row.keeps,
        problem=problem,
        problem_params=params,
        size=size,
        expires_at=row.expires_at,
    )

"""Which question can be asked of a study's patient, and the answer we know."""

from datetime import date

from app.archive.models import Study
from app.sharing.models import Factor


def factors_of(study: Study) -> tuple[Factor, ...]:
    """Best first. A code can always be printed; born on 1 January often means that only the year is known."""
    return possible_factors(study.birth_date)


def possible_factors(birth_date: str | date | None) -> tuple[Factor, ...]:
    known = plain_date(birth_date)
    if len(known) == 4:
        return (Factor.BIRTH_YEAR, Factor.CODE)
    if len(known) != 8:
        return (Factor.CODE,)
    if known.endswith("0101"):
        return (Factor.BIRTH_YEAR, Factor.BIRTH_DATE, Factor.CODE)
    return (Factor.BIRTH_DATE, Factor.BIRTH_YEAR, Factor.CODE)


def answer_known(study: Study, factor: Factor) -> str:
    known = plain_date(study.birth_date)
    return known[:4] if factor == Factor.BIRTH_YEAR else known

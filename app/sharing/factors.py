"""Which question can be asked of a study's patient, and the answer we know."""

from app.sharing.states import Factor


def factors_of(birth_date: str) -> tuple[Factor, ...]:
    """Best first, for a birth date as DICOM writes it. A code can always be printed; born on 1 January often
    means that only the year is known.
    """
    if len(birth_date) == 4:
        return (Factor.BIRTH_YEAR, Factor.CODE)
    if len(birth_date) != 8:
        return (Factor.CODE,)
    if birth_date.endswith("0101"):
        return (Factor.BIRTH_YEAR, Factor.BIRTH_DATE, Factor.CODE)
    return (Factor.BIRTH_DATE, Factor.BIRTH_YEAR, Factor.CODE)


def known_answer(birth_date: str, factor: Factor) -> str:
    return birth_date[:4] if factor == Factor.BIRTH_YEAR else birth_date

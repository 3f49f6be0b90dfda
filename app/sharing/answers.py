"""What a patient answers, brought to one form: dates as people write them, years, codes."""

import re
import secrets
from datetime import date

from app.base.errors import Invalid
from app.base.signing import digest_of
from app.sharing.states import Factor

CODE_DIGITS = 8
_NUMBERS = re.compile(r"\d+")


def new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def answer_digest(token: str, answer: str) -> str:
    """Bound to the token, which is kept nowhere: a stolen table alone cannot be tried against all dates."""
    return digest_of(f"{token}\n{answer}")


def normal_answer(factor: Factor, answer: str) -> str:
    """`yyyymmdd`, `yyyy` or digits. Raises Invalid when it cannot be one, which costs no try."""
    if factor == Factor.CODE:
        return _code(answer)
    if factor == Factor.BIRTH_YEAR:
        return _year(answer)
    return _date(answer)


def _code(answer: str) -> str:
    digits = re.sub(r"[\s.-]", "", answer)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
        raise Invalid("bad_code", "Enter the {count} digits printed on your paper.", count=CODE_DIGITS)
    return digits


def _year(answer: str) -> str:
    year = answer.strip()
    if not re.fullmatch(r"(19|20)[0-9]{2}", year):
        raise Invalid("bad_year", "Enter the year of birth with four digits, for example 1962.")
    return year


def _date(answer: str) -> str:
    """Day, month, year in this order; or year first, as the browser's own date field sends it."""
    parts = _NUMBERS.findall(answer)
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    try:
        day, month, year = (int(part) for part in (parts[::-1] if len(parts[0]) == 4 else parts))
        return f"{date(year, month, day):%Y%m%d}"
    except (IndexError, ValueError) as error:
        raise Invalid(
            "bad_date", "Enter the date of birth as day, month, year, for example 05/11/1962."
        ) from error

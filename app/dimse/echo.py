"""C-ECHO (PS3.7 9.1.5): is anybody there?"""

from app.dimse.messages import Answer
from app.dimse.status import SUCCESS


def echo() -> Answer:
    """Yes."""
    return Answer(SUCCESS)

"""Faults of ours in the log: their kind and place. Their text may hold a patient's data (T18)."""

import traceback


def fault_of(error: BaseException) -> str:
    """The type and the lines it passed, without its message."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"

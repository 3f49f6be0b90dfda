"""What start-up made is not searched for garbage ever again: half a million objects take 0.1 to 0.2 s, in which the whole
process stands still, in the middle of somebody's sentence.
"""

import gc


def settle() -> None:
    """To be called when all is imported and wired, before the first request."""
    gc.collect()
    gc.freeze()

"""Images as they came: received, checked, indexed, found again. Rights to them are `access.py`'s alone."""

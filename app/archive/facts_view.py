"""From which side an X-ray was taken."""

from app.archive.header import Header

_VIEW_POSITION, _VIEW_CODES = 0x00185101, 0x00540220
# PS3.16 CID 4014, in SNOMED RT and SNOMED CT
_CODES = {
    "R-10226": "MLO", "399368009": "MLO", "R-10242": "CC", "399162004": "CC", "R-10224": "ML",
    "399260004": "ML", "R-10228": "LM", "399352003": "LM",
}  # fmt: skip


def view_of(header: Header) -> str:
    """View Position ("CC", "PA"), or what the view's code says of a mammogram; empty when nothing does."""
    if position := header.code(_VIEW_POSITION):
        return position[:16]
    item = header.item(_VIEW_CODES)
    return _CODES.get(item.code(0x00080100), "") if item else ""

"""What another renderer does differently on purpose or by fault, and how far lossy decoders may be apart."""

from types import MappingProxyType

# reference/reliability.md, 3: stored values by which decoders of one stream differ
_LOSSY_VALUES = MappingProxyType({
    "1.2.840.10008.1.2.4.50": 1, "1.2.840.10008.1.2.4.51": 2, "1.2.840.10008.1.2.4.81": 0,
})  # fmt: skip
_HALVED_COLOUR = 7
_YBR_ROUNDING = 2


def tolerance(transfer_syntax_uid: str, samples: int, per_value: float) -> float:
    """Grey or colour levels; `per_value`: levels of one stored value."""
    if samples > 1:
        return _HALVED_COLOUR if transfer_syntax_uid == "1.2.840.10008.1.2.4.50" else _YBR_ROUNDING
    return 1 + _LOSSY_VALUES.get(transfer_syntax_uid, 0) * per_value


REASONS = MappingProxyType({
    ("pydicom-data/OBXXXX1A_expb.dcm", "pydicom"):
        "its table of colours says 16 bits and fills the lower byte only: pydicom shows it black, DCMTK and we in colour",
    ("synthetic/px/gray12_highbit15.dcm", "pydicom"):
        "the 12 bits end at bit 15: pydicom takes the lower ones, DCMTK and we those that HighBit names",
})  # fmt: skip
"""By file and renderer; only believed where the other renderer agrees with us."""

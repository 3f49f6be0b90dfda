"""What is told of devices, in sentences: what was found in their images and what to do, why they were refused."""

from collections.abc import Mapping
from types import MappingProxyType

from app.archive.connectivity import Told
from app.archive.profiles import Profile
from app.edge.language import gettext

# What was found, and what to do.
FINDINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "burned_in": (
            "Patient data is burned into the pictures.",
            "Do not share these pictures outside without checking them: what is burned in cannot be taken out.",
        ),
        "charset": (
            "Names arrive in the character set {detail}, under another label or none.",
            (
                "Under “How its data is read”, confirm the set that most names are in: one for each device, another takes its"
                " place. Names plainly in another set are shown as they are meant all the same, with a mark."
            ),
        ),
        "clock_ahead": (
            "The clock is ahead by about {detail} minutes.",
            "Set the clock of the machine, best from a time server. Until then note it under “How its data is read”.",
        ),
        "clock_behind": (
            "Images were {detail} days old when they arrived.",
            "If they were made today, set the clock of the machine. If old images were sent, all is well.",
        ),
        "meta_mismatch": (
            "Files name two different identifiers for one image.",
            "The identifiers inside the data set are used. Tell the maker of the program that exports them.",
        ),
        "no_birth_date": (
            "Birth dates are missing.",
            "Fill them in at the machine, or take them from the worklist: two patients of one name look alike.",
        ),
        "no_charset": (
            "Names have letters with accents, but the files do not say in which character set.",
            "Set the machine to ISO_IR 192 (UTF-8), or choose the character set under “How its data is read”.",
        ),
        "no_laterality": (
            "The side is missing ({detail}).",
            "Have left or right chosen at the machine for paired parts of the body.",
        ),
        "no_name": ("Patients' names are missing.", "Fill them in at the machine."),
        "no_patient_id": (
            "Patient numbers are missing.",
            "Fill them in at the machine: without a number earlier studies of a patient are not found.",
        ),
        "no_spacing": (
            "The pixel size is missing ({detail}).",
            "Lengths cannot be measured in millimetres. Ask the maker to send Pixel Spacing or Imager Pixel Spacing.",
        ),
        "no_window": (
            "The brightness settings (window) are missing ({detail}).",
            "The viewer chooses a window from the picture itself.",
        ),
        "odd_syntax": (
            "Images come in the transfer syntax {detail}, which is retired or unknown.",
            "Set the machine to Explicit VR Little Endian.",
        ),
        "private_class": (
            "Objects private to the maker arrive ({detail}).",
            "They are kept, but only the maker's programs can show them.",
        ),
        "repeated_uids": (
            "Different images came under one identifier ({detail} set aside).",
            "Look at the files set aside. The machine, or the program that copies its images, repeats identifiers.",
        ),
    }
)

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "kept_out": "It called although it is kept out.",
        "no_certificate": "It called without the certificate registered for it.",
        "too_many_associations": "It opened more associations at once than it may.",
        "too_many_images": "It sent more images in a minute than it may.",
        "wrong_address": "It called from {detail}, which is not among its addresses.",
        "wrong_certificate": "It called with another certificate than the one registered for it.",
    }
)


def finding(told: Told) -> str:
    """What was found."""
    what, _todo = FINDINGS.get(told.code, (told.code, ""))
    return gettext(what, detail=told.detail)


def advice(told: Told) -> str:
    """What to do about a finding."""
    _what, todo = FINDINGS.get(told.code, ("", ""))
    return gettext(todo) if todo else ""


def refusal(told: Told) -> str:
    """Why an association or a data set was refused; the sentence its sender was told where we have no better one."""
    known = REFUSALS.get(told.code)
    return gettext(known, detail=told.detail) if known else gettext(told.detail or told.code)


def remarks(profile: Profile) -> list[str]:
    """What to remember while looking at a study of this device."""
    told = []
    if profile.clock_minutes > 0:
        told.append(gettext("device clock {count} min ahead", count=profile.clock_minutes))
    if profile.clock_minutes < 0:
        told.append(gettext("device clock {count} min behind", count=-profile.clock_minutes))
    if profile.laterality_unreliable:
        told.append(gettext("side not reliable"))
    told += [
        gettext("{said} means {meant}", said=said, meant=meant)
        for said, meant in sorted(profile.modality_means.items())
    ]
    return told

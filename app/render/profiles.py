"""Colour profiles (ICC.1) that objects carry."""

from functools import lru_cache

from PIL import ImageCms


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """What colour images without a profile of their own are taken for; an even number of bytes."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile + b"\0" * (len(profile) % 2)

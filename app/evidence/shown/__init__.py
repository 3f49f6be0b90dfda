"""Objects that speak of images, as the viewer draws them: plain data in image or patient coordinates.

They are foreign: whatever makes no sense reads as absent, and everything is bounded.
"""

from app.evidence.shown.objects import shown_object

__all__ = ["shown_object"]

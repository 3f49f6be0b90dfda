"""Objects that speak of images: presentation states, key objects, measurement reports, segmentations, structures.

Made from what people marked, and read for the viewer.
"""

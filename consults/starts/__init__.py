"""The images of a case to begin with: reading starts there while the rest is on its way."""

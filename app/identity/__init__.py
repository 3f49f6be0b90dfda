"""Hospitals, their people and devices, and who is signed in."""

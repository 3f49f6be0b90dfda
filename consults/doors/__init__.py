"""Doors of the sub-rooms: each adds its routes to those of consults."""

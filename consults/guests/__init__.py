"""Inviting somebody without an account to one consult.

The referrer names them, with licence number and hospital, until a date, and hands over a link and a one-time code by
two ways. With both they come into this one room: they read, talk and draw, and nothing else. Only the referrer
invites, because the images are their hospital's to give. A guest is a row of `person` without password or hospital
(app/identity/guests.py), so that what they say and draw has its author as everybody's has.
"""

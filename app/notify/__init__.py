"""Telling people and programs: notices at the bell, mails, and signed webhooks, each a visible delivery.

It knows people only by their id and the address handed in (identity/notices.py finds them). A mail goes out some
minutes after its notice and only if that is still unread, so that nobody who sat in front of it gets one. Nothing that
leaves names a patient: a sentence with ids and numbers, and a link that asks for a sign-in.
"""

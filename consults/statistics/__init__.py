"""What consultations amount to: cases, waiting, promises kept, cases sent back, agreement. No patient is named.

Administrators and coordinators see the cases of their hospital, asked or answered; the platform's administrator all; a
doctor their own. A person's small numbers (below FEW) are shown to that person and to their hospital's coordinator.
"""

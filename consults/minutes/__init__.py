"""The minutes of a consult: form 27/BV2 and what a talk between two hospitals adds to it. One person, the secretary, has
the pen; everybody reads before it is closed.
"""

"""What comes of a consult beside the first opinion: sent back and sent again, what the referrer decided, and what
the case turned out to be.
"""

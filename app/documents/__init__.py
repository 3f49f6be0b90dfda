"""Objects that are not pictures, read for people: reports, doses, curves, every attribute; and copies without a name."""

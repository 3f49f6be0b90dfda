"""The platform's tables through time. Each part keeps a branch of its own in its own folder."""

"""Door: the pages of the platform and their JSON."""

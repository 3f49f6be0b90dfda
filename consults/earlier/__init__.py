"""What there is of the patient from before: studies that could be shared, and reports on those that are."""

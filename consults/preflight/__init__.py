"""What is looked at before a specialist is disturbed; what stands then is mended, or sent as it is and said so."""

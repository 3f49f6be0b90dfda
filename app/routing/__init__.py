"""Rules on arrival and completion, deliveries to other archives, and what is fetched from them."""

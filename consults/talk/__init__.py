"""What people in a room say to each other: lines and what they carry, who may read them, notes, phrases."""

"""What a case brings beside its images: files and laboratory values."""

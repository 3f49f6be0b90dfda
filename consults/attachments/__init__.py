"""What a case brings beside its images: files, laboratory values, and the images to begin with."""

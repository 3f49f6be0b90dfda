"""Pictures from stored frames: decoding in processes of its own, then the standard's pipeline on arrays."""

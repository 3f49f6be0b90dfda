"""A patient's own sight of one study: links that end, ask a question, and can be taken back."""

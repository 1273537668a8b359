"""What a press on a button under a message does."""

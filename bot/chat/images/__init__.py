"""What the chat does with pixels."""

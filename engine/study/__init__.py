"""The study: what style transfer does, in numbers."""

"""The durable queue: jobs, the photos of the next job, and what a chat remembers. Knows neither Telegram nor torch."""

"""Reading picture files: the one door, also for the bot. Nothing here loads torch."""

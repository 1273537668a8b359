"""The worker: claims jobs and has them painted by an engine child process that never takes the bot down with it."""

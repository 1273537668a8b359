"""Telegram: what people say to the bot and what it answers."""

import os

# python-telegram-bot 22 warns on each read of a duration until one opts in to the timedelta of its next release.
os.environ.setdefault("PTB_TIMEDELTA", "true")

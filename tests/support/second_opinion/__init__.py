"""Reads the calls in the sandbox's log, and their answers, by descriptions of the Bot API that are not ours.

The descriptions are the types of aiogram, which are generated from Telegram's documentation and carry its text, and
those of python-telegram-bot. Both are imported only when there is a call to read: aiogram takes seconds.
"""

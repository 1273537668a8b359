"""A Telegram Bot API server on loopback with a web chat: try and test a bot without a token.

The package knows nothing of the bot that talks to it. It is reached by URL only, exactly as Telegram is.
"""

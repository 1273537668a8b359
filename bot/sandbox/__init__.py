"""A Telegram Bot API server on loopback with a web chat: try and test a bot without a token.

The package does not know the bot that talks to it. A bot reaches it by URL only, exactly as it reaches Telegram.
"""

from typing import Any

Json = dict[str, Any]
"""A JSON object: of the Bot API, or of the people's API."""

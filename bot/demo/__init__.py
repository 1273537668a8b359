"""`vitrage demo`: the sandbox, the bot and its engine on one computer, with sample pictures."""

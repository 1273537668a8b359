"""The Bot API as a bot sees it: transport, calls, methods, webhooks."""

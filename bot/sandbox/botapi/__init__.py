"""The Bot API: transport, calls, methods, webhooks."""

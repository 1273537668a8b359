"""What happens in chats: messages, members, topics, privacy mode, lists of commands."""

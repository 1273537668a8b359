"""What happens in chats: messages, membership, topics, privacy mode."""

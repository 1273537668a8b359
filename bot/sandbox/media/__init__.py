"""Files that are sent: photos, documents, stickers, videos, animations."""

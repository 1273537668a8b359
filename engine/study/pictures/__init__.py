"""The pictures of a study: those of a folder or an archive, and those that ship or are drawn."""

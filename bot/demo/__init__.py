"""The demonstration: sandbox, bot and worker under one roof, with pictures to try."""

"""What a person sees while a picture is painted, and how the picture is delivered."""

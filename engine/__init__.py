"""Style transfer: pictures in, picture out."""

"""What style transfer is combined with: composition, noise removal, enlargement. It loads no torch."""

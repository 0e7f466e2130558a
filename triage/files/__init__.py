"""Files in and out: streamed, any common encoding, written whole or not at all."""

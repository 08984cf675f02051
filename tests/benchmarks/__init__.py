"""Scripts that measure; nothing here decides whether a test passes."""

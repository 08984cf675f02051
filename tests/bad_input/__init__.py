"""A small model that has one of everything, and scenarios of it that are wrong in one way each."""

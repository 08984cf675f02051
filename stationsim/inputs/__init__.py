"""Input files of every kind (weather, sessions, counts): read safely, and told about in one way."""

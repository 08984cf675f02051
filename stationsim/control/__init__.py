"""What the site decides: planners and the real-time rule."""

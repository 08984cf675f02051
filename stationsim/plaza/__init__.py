"""The charging plaza: arrivals, queue, posts and sessions as discrete events."""

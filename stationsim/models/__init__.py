"""The physics, one file a thing: its Spec and its equations."""

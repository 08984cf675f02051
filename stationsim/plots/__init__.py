"""Figures made from results alone."""

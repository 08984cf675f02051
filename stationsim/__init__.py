"""Simulate an expressway service station with solar, storage, fast chargers and a busy building."""

from __future__ import annotations

__version__ = "0.1.0"

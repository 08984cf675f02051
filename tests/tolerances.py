"""How near is near enough, each with its reason."""

ROUNDING_KW = 1e-6
"""Slack on a limit [kW]: limits are roots of quadratics and sums of shares, exact but for rounding."""

ROUNDING_KWH = 1e-6
"""Slack on stored energy [kWh], as for power."""

"""How near is near enough, each with its reason."""

ROUNDING_KW = 1e-6
"""Slack on a limit [kW]: limits are roots of quadratics and sums of shares, exact but for rounding."""

ROUNDING_KWH = 1e-6
"""Slack on stored energy [kWh], as for power."""

FIXED_STEP = 0.005
"""Step effect allowed on generation, charged energy and scheduled loads, 60 to 1 min; the step contract."""

NEAR_STEP = 0.005
"""Step effect allowed on what switches or nets within the hour, 5 to 1 min; the same."""

FAR_STEP = 0.015
"""The same, 15 to 1 min."""

"""Measured charging sessions: read, write, fit a scenario to them, and hold a run against them.

All files end in one frame, one row a session:

====================  ==================================================================================
``arrival``           when the car was plugged in, with the time zone of the place
``departure``         when it was unplugged
``stay_minutes``      between the two [min]
``charging_minutes``  from plugging in until charging ended, at most the stay [min]
``energy_kwh``        energy into the car [kWh]
``soc_arrival``       state of charge when it was plugged in [-]
``soc_departure``     state of charge when it was unplugged [-]
``pmax_kw``           highest power of the session [kW]
``usable_kwh``        usable energy of the car's pack [kWh]
``post_kw``           rated power of the post [kW]
====================  ==================================================================================

What a file does not tell is NaN.
"""

NUMBERS = (
    *("stay_minutes", "charging_minutes", "energy_kwh", "soc_arrival", "soc_departure"),
    *("pmax_kw", "usable_kwh", "post_kw"),
)
"""Columns of numbers of a frame of sessions, in order."""

COLUMNS = ("arrival", "departure", *NUMBERS)
"""Columns of a frame of sessions, in order."""

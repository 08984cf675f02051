"""From road to station: calendars, visitors and the electric vehicles among them."""

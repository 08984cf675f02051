"""Emergency loads, the last that a shortage reaches: alarms, escape lighting, cameras, phones, network."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stationsim.spec import Count, Identifier, NonNegative, Spec

W_PER_KW = 1000.0


class EmergencySpec(Spec):
    """Constant loads that must not fail: never shed, and the last to go unserved."""

    fire_panels: Annotated[Count, Field(le=10_000)] = 1
    """Fire alarm control panels."""

    fire_panel_w: Annotated[NonNegative, Field(le=1e4)] = 60.0
    """Power of a panel with its loops of detectors [W]; assumed, nothing is published by building size."""

    luminaires: Annotated[Count, Field(le=100_000)] = 0
    """Escape-route luminaires and signs, always lit."""

    luminaire_w: Annotated[NonNegative, Field(le=1000)] = 4.0
    """Power of a luminaire with its charger [W]; assumed, LED signs of 1 to 5 W."""

    cameras: Annotated[Count, Field(le=100_000)] = 0
    """Surveillance cameras."""

    camera_w: Annotated[NonNegative, Field(le=1000)] = 12.95
    """Power of a camera [W]; the most that a device may draw by IEEE 802.3af, class 3."""

    phones: Annotated[Count, Field(le=10_000)] = 0
    """Emergency phones and intercoms."""

    phone_w: Annotated[NonNegative, Field(le=1000)] = 6.49
    """Power of a phone [W]; the most that a device may draw by IEEE 802.3af, class 2."""

    network_kw: Annotated[NonNegative, Field(le=1000)] = 0.0
    """Network, recorders and radio that these need [kW]."""

    zone: Identifier = "hall"
    """Zone of the building that they warm."""

    @property
    def power_kw(self) -> float:
        """Constant power of all [kW]."""
        watts = (
            self.fire_panels * self.fire_panel_w
            + self.luminaires * self.luminaire_w
            + self.cameras * self.camera_w
            + self.phones * self.phone_w
        )
        return watts / W_PER_KW + self.network_kw

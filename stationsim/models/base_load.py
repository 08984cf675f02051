"""What is left: the small consumers nobody modelled one by one."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from stationsim.spec import NonNegative, Spec

W_PER_KW = 1000.0


class BaseLoadSpec(Spec):
    """Pumps, shops, signs, computers and doors, as a constant part and one that follows people."""

    constant_kw: Annotated[NonNegative, Field(le=1e6)]
    """Constant power [kW]."""

    per_person_w: Annotated[NonNegative, Field(le=1e5)] = 0.0
    """Power for each person present [W]; 0, the default, is a remainder that is constant."""


def base_load_kw(spec: BaseLoadSpec, occupancy: ArrayLike) -> NDArray[np.float64]:
    """Return the power of all other consumers [kW].

    Parameters
    ----------
    spec
        Constant and visitor-proportional part.
    occupancy
        People present, mean over each step.
    """
    return spec.constant_kw + spec.per_person_w / W_PER_KW * np.asarray(occupancy, dtype=float)

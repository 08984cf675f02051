"""Typical years of every format: read right, laid on the clock, and refused with a reason if broken."""

import datetime as dt

import numpy as np
import pandas as pd
import pvlib
import pytest

from stationsim.clock import Clock
from stationsim.errors import WeatherError
from stationsim.inputs.kinds import REFUSAL_CODES
from stationsim.weather.files import NativeWeather, read_weather, through_gate
from stationsim.weather.raw import NATIVE_COLUMNS, Place
from stationsim.weather.spec import FileWeather
from tests import made_weather as made
from tests.shared_data import shared

YEAR = Clock(dt.date(2026, 1, 1), dt.date(2026, 12, 31), 60, "Asia/Shanghai")
SITE = {"latitude_deg": 36.815, "longitude_deg": 117.376, "elevation_m": 60.0}
JINAN = "weather/CHN_Shandong.Jinan.548230_CSWD.epw"
TUCSON = "weather/USA_AZ_Tucson-Davis-Monthan.AFB.722745_TMY3.epw"
DRYCOLD = "weather/USA_CO_Denver-Stapleton.724690_DRYCOLD-TMY_BESTEST"


def read(path, clock=YEAR, site=None, **options) -> NativeWeather:
    spec = FileWeather(source="file", file=path.name, **options)
    return read_weather(spec, path=path, clock=clock, **(site or SITE))


def gate(path, **options):
    return through_gate(FileWeather(source="file", file=path.name, **options), path=path, site=made.PLACE)


def refused(path, **options) -> WeatherError:
    with pytest.raises(WeatherError) as caught:
        read(path, **options)
    assert all(problem.code in REFUSAL_CODES.values() for problem in caught.value.problems)
    return caught.value


def rules(weather) -> list[str]:
    return [finding.rule for finding in weather.findings]


# --- what is no weather file -------------------------------------------------------------------------


def test_an_unknown_text_is_refused_without_showing_it(tmp_path):
    (tmp_path / "passwd").write_text("root:x:0:0:secret:/root:/bin/sh\n")
    error = refused(tmp_path / "passwd")
    assert "no weather file that stationsim knows" in str(error)
    assert "secret" not in str(error)


def test_a_format_that_the_content_contradicts(tmp_path):
    path = made.write_epw(tmp_path / "a.csv")
    assert "must be of format csv, looks like an EPW file" in str(refused(path, format="csv"))
    assert read(path, format="epw").source["format"] == "epw"


# --- EPW ---------------------------------------------------------------------------------------------


def test_a_sound_epw_comes_back_as_it_was(tmp_path):
    weather = read(made.write_epw(tmp_path / "a.epw"), site={**SITE, "longitude_deg": 117.05})
    assert weather.findings == ()
    assert list(weather.frame.columns) == list(NATIVE_COLUMNS)
    assert list(weather.frame.index) == list(YEAR.index)
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound().to_numpy())


def test_an_epw_that_ends_early_is_padded(tmp_path):
    weather = read(made.write_epw(tmp_path / "a.epw", fields=32))
    assert rules(weather) == ["fields"]
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound().to_numpy())


BROKEN_EPW = {
    "surplus": (
        lambda lines: [*lines[:19], lines[19] + ",1", *lines[20:]],
        "must have 35 fields, has 36",
        20,
    ),
    "cut off": (lambda lines: [*lines[:-1], lines[-1][:40]], "is the file cut off", 8768),
    "no altitude": (made.change(1, ",170.0", ""), "latitude, longitude and elevation", 1),
    "no time zone": (made.change(1, ",8.0,", ",x,"), "time zone", 1),
    "swapped": (made.change(1, "36.60,117.05", "117.05,36.60"), "place on Earth", 1),
    "flipped": (made.change(1, ",117.05", ",-117.05"), "of GHI falls at night", 0),
    "south": (made.change(1, ",36.60,", ",-36.60,"), "other hemisphere", 0),
    "hour 25": (made.field(100, 4, "25"), "month, day and hour that exist", 100),
    "month 13": (made.field(100, 2, "13"), "month, day and hour that exist", 100),
    "empty day": (made.field(100, 3, ""), "month, day and hour that exist", 100),
    "word": (made.field(100, 14, "sunny"), "must be a number or empty (got sunny)", 100),
    "hPa": (made.column(10, lambda pa: pa / 100), "looks like hPa", 9),
    "kelvin": (made.column(7, lambda t: t + 273.15), "looks like kelvin", 9),
    "no rows": (lambda lines: lines[:8], "must have rows", 0),
    "a month gone": (made.without(1000, 1743), "744 h of all columns", 0),
    "components": (made.column(16, lambda dhi: dhi + 300), "W/m2 RMSE", 0),
    "no header": (made.without(2, 8), "must declare 1, 2, 4", 8),
    "fraction": (made.column(9, lambda humidity: humidity / 95), "looks like a fraction", 0),
}


@pytest.mark.parametrize("name", BROKEN_EPW)
def test_broken_epws_are_refused_with_line_and_reason(tmp_path, name):
    edit, said, line = BROKEN_EPW[name]
    error = refused(made.write_epw(tmp_path / "bad.epw", edit=edit))
    assert said in str(error)
    if line:
        assert line in [problem.line for problem in error.problems]


@pytest.mark.parametrize(
    ("number", "code"),
    [(7, "99.9"), (9, "999"), (10, "999999"), (14, "9999"), (15, "9999"), (16, "9999"), (22, "999")],
)
def test_epw_codes_of_missing_values(tmp_path, number, code):
    weather = read(made.write_epw(tmp_path / "a.epw", edit=made.field(20, number, code)))
    assert rules(weather)[0] == "missing code"
    assert np.isfinite(weather.frame.to_numpy()).all()
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound().to_numpy(), atol=20)


@pytest.mark.parametrize("rows", [(500, 502), (9, 9), (8768, 8768)])
def test_a_few_missing_hours_are_filled(tmp_path, rows):
    weather = read(made.write_epw(tmp_path / "a.epw", edit=made.without(*rows)))
    assert set(rules(weather)) == {"gap"}
    assert len(weather.frame) == 8760


@pytest.mark.parametrize("text", [" ", "-", "#DIV/0!", "Null", "NONE"])
def test_missing_numbers_reach_pvlib_as_such(tmp_path, text):
    edit = lambda lines: made.field(500, 22, text)(made.field(20, 7, text)(lines))  # noqa: E731
    assert rules(read(made.write_epw(tmp_path / "a.epw", edit=edit))) == ["gap", "gap"]


def test_a_stray_quote_in_a_comment_swallows_no_rows(tmp_path):
    weather = read(made.write_epw(tmp_path / "a.epw", edit=made.change(6, "made", '5" soil')))
    assert weather.findings == ()


def test_8761_rows_have_a_double(tmp_path):
    weather = read(made.write_epw(tmp_path / "a.epw", edit=lambda lines: [*lines[:100], *lines[99:]]))
    assert rules(weather) == ["double"]


def test_place_names_in_other_encodings(tmp_path):
    path = made.write_epw(tmp_path / "a.epw")
    text = path.read_text()
    path.write_bytes(text.replace("Madeup", "济南").encode("gbk"))
    weather = read(path)
    assert weather.source["name"] == "济南"
    path.write_bytes(text.replace("Madeup", "Zürich").replace("CHN", "CHE").encode("latin-1"))
    assert read(path).source["name"] == "Zürich"


def test_a_file_cannot_write_to_the_terminal(tmp_path):
    head = (made.EPW_HEAD[0].replace("Madeup", "\x1b[31mred\u202e"), *made.EPW_HEAD[1:])
    name = gate(made.write_epw(tmp_path / "a.epw", head=head)).raw.place.name
    assert name == "\\x1b[31mred\\u202e"

    def edit(lines):
        cells = lines[100].split(",")
        return [*lines[:100], ",".join([*cells[:6], "\x1b[2J", *cells[7:]]), *lines[101:]]

    message = str(refused(made.write_epw(tmp_path / "b.epw", edit=edit)))
    assert "got \\x1b[2J" in message
    assert "\x1b" not in message


def test_wind_that_may_be_in_another_unit_is_told(tmp_path):
    path = made.write_epw(tmp_path / "a.epw", edit=made.column(22, lambda wind: wind * 4.5))
    (finding,) = read(path).findings
    assert (finding.rule, finding.action) == ("wind", "warned")
    assert "km/h" in finding.hint


def test_a_year_of_a_few_rows_is_none_whatever_is_allowed(tmp_path):
    for kept in (2, 400):
        path = made.write_epw(tmp_path / "a.epw", edit=lambda lines, kept=kept: lines[: 8 + kept])
        assert f"has {kept} rows of a year of 8760" in str(refused(path, gaps="allow"))


def test_a_time_shift_of_an_hour_is_told_and_mended(tmp_path):
    def edit(lines):
        stamps = [line.split(",")[:4] for line in lines[8:]]
        values = [line.split(",")[4:] for line in [lines[-1], *lines[8:-1]]]
        return [*lines[:8], *(",".join(stamp + value) for stamp, value in zip(stamps, values, strict=True))]

    path = made.write_epw(tmp_path / "a.epw", edit=edit)
    late = gate(path)
    assert late.figures.centre_min == pytest.approx(60, abs=2)
    assert rules(late) == ["night", "closure"]
    assert "shift_min: -60" in str(late.findings[0])
    mended = read(path, shift_min=-60.0)
    assert mended.findings == ()
    light = made.sound()["ghi"]
    assert mended.frame["ghi"].to_numpy() == pytest.approx(light.to_numpy(), abs=8)
    assert mended.frame["ghi"].sum() == pytest.approx(light.sum(), rel=1e-6)


def test_from_ghi_ignores_the_components_of_the_file(tmp_path):
    path = made.write_epw(tmp_path / "a.epw", edit=made.column(16, lambda dhi: dhi + 300))
    weather = read(path, components="from_ghi")
    assert "closure" not in rules(weather)
    np.testing.assert_allclose(weather.frame["ghi"], made.sound()["ghi"])
    sun = gate(path, components="from_ghi")
    zenith = made.zenith_deg(sun.frame.index, made.PLACE, later_min=30)
    closed = weather.frame["dhi"].to_numpy() + weather.frame["dni"].to_numpy() * np.cos(np.radians(zenith))
    np.testing.assert_allclose(closed, weather.frame["ghi"].to_numpy(), atol=1e-6)


def test_weather_of_elsewhere_keeps_its_solar_time(tmp_path):
    head = (made.EPW_HEAD[0].replace("117.05,8.0", "-122.95,-8.0"), *made.EPW_HEAD[1:])
    weather = read(made.write_epw(tmp_path / "a.epw", head=head), site={**SITE, "longitude_deg": 117.05})
    assert rules(weather) == ["place"]
    np.testing.assert_allclose(weather.frame["ghi"].to_numpy(), made.sound()["ghi"].to_numpy(), atol=1.0)


# --- other formats -----------------------------------------------------------------------------------


def write_sam(path, *, minute: str, hour0: int = 0):
    rows = [
        f"{stamp.year},{stamp.month},{stamp.day},{stamp.hour + hour0},{minute}{row.ghi},{row.dni},{row.dhi},"
        f"{row.temp_air},{row.wind_speed},{row.relative_humidity}"
        for stamp, row in zip(made.sound().index, made.sound().itertuples(index=False), strict=True)
    ]
    head = ["Source,Location ID,City,Latitude,Longitude,Time Zone,Elevation", "Made,1,-,36.6,117.05,8,170"]
    names = f"Year,Month,Day,Hour,{'Minute,' if minute else ''}GHI,DNI,DHI,Tdry,Wspd,RH"
    path.write_text("\n".join([*head, names, *rows]))
    return path


@pytest.mark.parametrize("minute", ["", "0,", "30,"])
def test_sam_names_the_start_or_the_middle(tmp_path, minute):
    weather = read(write_sam(tmp_path / "a.csv", minute=minute))
    assert weather.findings == ()
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound().to_numpy())


def test_sam_with_hours_from_1_to_24_is_refused(tmp_path):
    assert "hour that exist" in str(refused(write_sam(tmp_path / "a.csv", minute="", hour0=1)))


def test_humidity_of_a_dew_point():
    from stationsim.weather.readers import humidity_of_dew_point

    air = pd.Series([20.0, 20.0, 25.0])
    assert humidity_of_dew_point(air, pd.Series([20.0, 9.3, 13.9])).to_numpy() == pytest.approx(
        [100, 50, 50], abs=0.5
    )


def test_pvgis_hourly_series_is_told_from_the_typical_year(tmp_path):
    (tmp_path / "a.csv").write_text("Latitude (decimal degrees):\t45.0\nLongitude:\t8.0\n\ntime,G(i)\n")
    assert "typical year (TMY, csv)" in str(refused(tmp_path / "a.csv"))


# --- the calendar ------------------------------------------------------------------------------------


def test_a_leap_day_is_the_mean_of_its_neighbours(tmp_path):
    leap = Clock(dt.date(2028, 1, 1), dt.date(2028, 12, 31), 60, "Asia/Shanghai")
    weather = read(made.write_epw(tmp_path / "a.epw"), clock=leap)
    assert rules(weather) == ["leap day"]
    laid, file = weather.frame["temp_air"].to_numpy(), made.sound()["temp_air"].to_numpy()
    assert len(laid) == 8784
    np.testing.assert_allclose(laid[: 59 * 24], file[: 59 * 24])
    np.testing.assert_allclose(
        laid[59 * 24 : 60 * 24], (file[58 * 24 : 59 * 24] + file[59 * 24 : 60 * 24]) / 2
    )
    np.testing.assert_allclose(laid[60 * 24 :], file[59 * 24 :])


def test_a_winter_across_new_year_is_laid_on(tmp_path):
    winter = Clock(dt.date(2026, 12, 30), dt.date(2027, 1, 2), 15, "Asia/Shanghai")
    weather = read(made.write_epw(tmp_path / "a.epw"), clock=winter)
    file = made.sound()["temp_air"].to_numpy()
    np.testing.assert_allclose(weather.frame["temp_air"], np.concatenate([file[-48:], file[:48]]))


def test_an_offset_of_half_hours_keeps_the_light(tmp_path):
    nepal = Clock(dt.date(2026, 1, 1), dt.date(2026, 12, 31), 60, "Asia/Kathmandu")
    path = made.write_epw(tmp_path / "a.epw")
    here, there = read(path), read(path, clock=nepal)
    assert str(there.frame.index[0]) == "2026-01-01 00:00:00+05:45"
    assert there.frame["ghi"].sum() == pytest.approx(here.frame["ghi"].sum(), rel=1e-6)
    assert centre_h(there.frame) == pytest.approx(centre_h(here.frame), abs=0.02)


def centre_h(frame) -> float:
    """Return the energy-weighted hour of GHI in China's standard time."""
    index = frame.index.tz_convert("+08:00")
    hour = index.hour + index.minute / 60 + 0.5
    return float((frame["ghi"].to_numpy() * hour.to_numpy()).sum() / frame["ghi"].sum())


# --- real files --------------------------------------------------------------------------------------


def test_the_real_epw_of_jinan_runs_half_an_hour_late():
    gated = gate(shared(JINAN))
    assert gated.figures.centre_min == pytest.approx(29, abs=1)
    assert gated.figures.closure_bias == pytest.approx(7.2, abs=0.1)
    assert {"night", "closure"} <= set(rules(gated))
    assert abs(gate(shared(JINAN), shift_min=-30.0).figures.centre_min) < 1


def test_the_short_rows_of_drycold_read_like_the_padded_copy():
    short, padded = gate(shared(f"{DRYCOLD}.epw")), gate(shared(f"{DRYCOLD}_35col.epw"))
    assert "fields" in rules(short)
    pd.testing.assert_frame_equal(short.frame, padded.frame)


def test_a_real_pvgis_year_closes_at_its_own_moments():
    gated = gate(shared("weather/pvgis_tmy_45.000_8.000_2005_2023.csv"))
    assert gated.raw.solar_late_min == pytest.approx(0.1761 * 60 - 30)
    assert gated.figures.closure_rmse < 1
    assert abs(gated.figures.centre_min) < 5
    turin = Clock(dt.date(2026, 1, 1), dt.date(2026, 12, 31), 60, "Europe/Rome")
    weather = read(gated_path := shared("weather/pvgis_tmy_45.000_8.000_2005_2023.csv"), clock=turin,
                   site={"latitude_deg": 45.0, "longitude_deg": 8.0, "elevation_m": 250.0})  # fmt: skip
    assert gated_path.name == weather.source["file"]
    assert weather.frame["ghi"].sum() == pytest.approx(gated.frame["ghi"].sum(), rel=1e-6)
    zenith = made.zenith_deg(weather.frame.index, Place(45.0, 8.0, 250.0), later_min=30)
    error = (
        weather.frame["ghi"]
        - weather.frame["dhi"]
        - weather.frame["dni"] * np.maximum(np.cos(np.radians(zenith)), 0)
    )
    assert np.sqrt((error**2).mean()) < 10


@pytest.mark.parametrize(
    ("name", "ghi", "rmse"),
    [
        ("USA_AZ_Phoenix_TMY2_SAM.csv", 2117, 5.0),
        ("USA_AZ_Phoenix_33.450495_-111.983688_psmv3_60_tmy_SAM.csv", 2115, 0.6),
        ("USA_IA_DesMoines_41.586835_-93.624959_psmv3_60_tmy_SAM.csv", 1499, 18.9),
        ("tmy3_703165TY_SandPoint_AK.csv", 829, 0.5),
    ],
)
def test_real_sam_and_tmy3_files_are_read(name, ghi, rmse):
    gated = gate(shared(f"weather/{name}"))
    assert gated.frame["ghi"].sum() / 1000 == pytest.approx(ghi, abs=0.5)
    assert gated.figures.closure_rmse == pytest.approx(rmse, abs=0.1)
    assert np.isfinite(gated.frame.to_numpy()).all()


def test_values_are_those_of_pvlib():
    path = shared(TUCSON)
    theirs, _ = pvlib.iotools.read_epw(path)
    ours = gate(path).frame[list(NATIVE_COLUMNS)]
    for name in ours.columns:
        np.testing.assert_allclose(ours[name].to_numpy(), theirs[name].to_numpy(dtype=float))
    tmy3, _ = pvlib.iotools.read_tmy3(shared("weather/tmy3_703165TY_SandPoint_AK.csv"))
    sand_point = gate(shared("weather/tmy3_703165TY_SandPoint_AK.csv")).frame
    np.testing.assert_allclose(sand_point["ghi"].to_numpy(), tmy3["ghi"].to_numpy(dtype=float))
    assert list(sand_point.index.hour[:3]) == [0, 1, 2]
    assert tmy3.index[0].hour == 1

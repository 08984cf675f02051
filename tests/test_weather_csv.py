"""The plain CSV: what it may hold, and how each way of breaking it is named."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from stationsim.clock import Clock
from stationsim.errors import WeatherError
from stationsim.weather.files import NativeWeather, read_weather, through_gate
from stationsim.weather.raw import Place
from stationsim.weather.spec import FileWeather
from tests import made_weather as made

JUNE = Clock(dt.date(2026, 6, 1), dt.date(2026, 6, 4), 15, "Asia/Shanghai")
SITE = {"latitude_deg": 36.6, "longitude_deg": 117.05, "elevation_m": 170.0}


def read(path, clock=JUNE, **options) -> NativeWeather:
    spec = FileWeather(source="file", file=path.name, **options)
    return read_weather(spec, path=path, clock=clock, **SITE)


def refused(path, **options) -> WeatherError:
    with pytest.raises(WeatherError) as caught:
        read(path, **options)
    return caught.value


def rules(weather: NativeWeather) -> list[str]:
    return [finding.rule for finding in weather.findings]


def test_a_sound_file_comes_back_as_it_was(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv"))
    assert weather.findings == ()
    assert weather.interval_minutes == 60
    wanted = made.sound("2026-06-01", 4)
    assert list(weather.frame.index) == list(wanted.index)
    np.testing.assert_allclose(weather.frame.to_numpy(), wanted.to_numpy())


@pytest.mark.parametrize(("stamp", "label"), [("end", 1.0), ("middle", 0.5)])
def test_every_stamp_becomes_a_left_label(tmp_path, stamp, label):
    path = made.write_csv(tmp_path / "a.csv", label=label, comments=(f"# stamp: {stamp}",))
    np.testing.assert_allclose(read(path).frame.to_numpy(), made.sound("2026-06-01", 4).to_numpy())


def test_midnight_may_be_written_as_hour_24(tmp_path):
    edit = made.change(28, "2026-06-02T00:00", "2026-06-01T24:00")
    path = made.write_csv(
        tmp_path / "a.csv", label=1.0, comments=("# stamp: end",) * 1 + ("# a",) * 2, edit=edit
    )
    assert read(path).findings == ()


def test_a_stamp_is_never_guessed(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", comments=())
    assert "which moment of its interval" in str(refused(path))
    assert read(path, stamp="start").findings == ()


def test_file_and_scenario_must_agree_on_the_stamp(tmp_path):
    assert "declares stamp start" in str(refused(made.write_csv(tmp_path / "a.csv"), stamp="end"))


def test_bom_crlf_quotes_and_comments_are_fine(tmp_path):
    path = made.write_csv(tmp_path / "a.csv")
    text = path.read_text().replace("ghi_w_m2", '"ghi_w_m2"').replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf# any remark\r\n" + text.encode())
    assert read(path).findings == ()


def test_naive_times_need_a_zone(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", form="%Y-%m-%dT%H:%M")
    error = refused(path)
    assert "zone must be named" in str(error)
    assert error.problems[0].line == 5
    for zone in ("Asia/Shanghai", "+08:00"):
        pd.testing.assert_frame_equal(read(path, timezone=zone).frame, read(made.write_csv(path)).frame)
        made.write_csv(path, form="%Y-%m-%dT%H:%M")


def test_utc_times_meet_the_clock(tmp_path):
    path = made.write_csv(tmp_path / "a.csv")
    local = read(path).frame
    moved = path.read_text()
    for stamp in local.index:
        utc = stamp.tz_convert("UTC")
        moved = moved.replace(f"{stamp:%Y-%m-%dT%H:%M}+08:00", f"{utc:%Y-%m-%d %H:%M:%S}Z")
    path.write_text(moved)
    np.testing.assert_allclose(read(path).frame.to_numpy(), local.to_numpy())


HEADER = 4  # three comments come first
FIRST = HEADER + 1
BROKEN = {
    "a semicolon": (lambda lines: [line.replace(",", ";") for line in lines], "has ';'", HEADER),
    "a tab": (lambda lines: [line.replace(",", "\t") for line in lines], "has a tab", HEADER),
    "a decimal comma": (made.field(20, 5, "21,5"), "decimal comma", 20),
    "a quoted decimal comma": (made.field(20, 5, '"21,5"'), "decimal comma", 20),
    "a surplus value": (
        lambda lines: [*lines[:9], lines[9] + ",1", *lines[10:]],
        "must have 7 fields, has 8",
        10,
    ),
    "a cut row": (lambda lines: [*lines[:-1], "2026-06-04T23:00+08:00,0"], "has 2", 100),
    "a date far off": (made.field(100, 1, "2126-06-04T23:00+08:00"), "days after the row before", 100),
    "a date beyond all": (made.field(100, 1, "9999-06-04T23:00+08:00"), "from 1900 to 2200", 100),
    "an offset that cannot be": (
        lambda lines: [line.replace("+08:00", "+88:00") for line in lines],
        "-14:00 to +14:00",
        FIRST,
    ),
    "two rows apart": (lambda lines: [*lines[:5], lines[40], lines[90]], "must", None),
    "one row": (lambda lines: lines[:5], "at least two rows", None),
    "an open quote": (made.field(12, 3, '"5'), "must close its quotes", 12),
    "a word": (made.field(12, 3, "cloudy"), "must be a number or empty (got cloudy)", 12),
    "infinity": (made.field(12, 3, "inf"), "must be a number", 12),
    "day and month": (made.field(8, 1, "01/06/2026 03:00"), "day and month cannot be told apart", 8),
    "an Excel date": (made.field(8, 1, "46174.125"), "Excel serial date", 8),
    "30 February": (made.field(8, 1, "2026-02-30T03:00+08:00"), "ISO 8601", 8),
    "mixed offsets": (made.change(9, "+08:00", "+09:00"), "one offset in the whole column", 9),
    "an unknown column": (made.change(HEADER, "dni_w_m2", "dni_kw_m2"), "did you mean 'dni_w_m2'", HEADER),
    "a double column": (made.change(HEADER, "dhi_w_m2", "dni_w_m2"), "one column 'dni_w_m2'", HEADER),
    "no GHI": (made.change(HEADER, "ghi_w_m2,", "pressure_pa,"), "must have a column 'ghi_w_m2'", HEADER),
    "time going back": (lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]], "must not go back", 11),
    "a double time": (
        lambda lines: [*lines[:9], lines[8].rsplit(",", 1)[0] + ",1", *lines[9:]],
        "twice with different values",
        10,
    ),
    "a missing day": (made.without(30, 53), "24 h of all columns are missing", 29),
    "seconds of drift": (made.change(9, "04:00", "04:00:07"), "within 1 s", 9),
    "kelvin": (made.column(5, lambda t: t + 273.15, FIRST), "looks like kelvin", FIRST),
    "fahrenheit": (made.column(5, lambda t: 1.8 * t + 32, FIRST), "looks like degrees Fahrenheit", None),
    "GHI in kW/m2": (made.column(2, lambda ghi: ghi / 1000, FIRST), "looks like kW/m2", None),
    "humidity as a fraction": (made.column(7, lambda rh: rh / 100, FIRST), "looks like a fraction", None),
    "km/h": (made.column(6, lambda wind: 10 + wind * 3.6, FIRST), "looks like km/h", None),
    "GHI above all clouds": (made.field(17, 2, "1600"), "GHI must be from -5 to 1500", 17),
    "GHI far below zero": (made.field(6, 2, "-40"), "GHI must be from -5", 6),
    "DNI above the sun": (made.field(17, 3, "1500"), "DNI must be from -5 to 1412", 17),
    "wind from below": (made.field(17, 6, "-1"), "wind speed must be from 0", 17),
    "only missing GHI": (
        lambda lines: [made_missing(line) for line in lines],
        "must have values of ghi",
        None,
    ),
    "a wrong zone": (lambda lines: ["# timezone: Asia/Beijing", *lines], "Asia/Shanghai", 1),
    "a place off the globe": (made.change(2, "36.6", "136.6"), "place on Earth", 1),
}


def made_missing(line: str) -> str:
    cells = line.split(",")
    return line if len(cells) < 7 or cells[0] == "time" else ",".join([cells[0], "N/A", *cells[2:]])


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_with_line_and_reason(tmp_path, name):
    edit, said, line = BROKEN[name]
    error = refused(made.write_csv(tmp_path / "bad.csv", edit=edit))
    assert said in str(error)
    assert all(problem.file == "bad.csv" for problem in error.problems)
    if line is not None:
        assert line in [problem.line for problem in error.problems]


def test_all_problems_are_named_at_once(tmp_path):
    def edit(lines):
        return made.field(17, 2, "1600")(made.field(40, 5, "99")(made.field(20, 6, "80")(lines)))

    assert {problem.line for problem in refused(made.write_csv(tmp_path / "a.csv", edit=edit)).problems} >= {
        17,
        20,
        40,
    }


def test_a_change_of_the_step_is_refused(tmp_path):
    hours = made.write_csv(tmp_path / "a.csv").read_text().splitlines()[:30]
    quarters = made.write_csv(tmp_path / "b.csv", minutes=15).read_text().splitlines()
    (tmp_path / "a.csv").write_text("\n".join([*hours, *quarters[108:]]))
    error = refused(tmp_path / "a.csv")
    assert "step must be 15 min all along, is 60 min" in str(error)


def test_a_step_of_three_hours_does_not_divide_the_hour(tmp_path):
    edit = lambda lines: [*lines[:4], *lines[4::3]]  # noqa: E731
    assert "must divide the hour, is 180 min" in str(refused(made.write_csv(tmp_path / "a.csv", edit=edit)))


@pytest.mark.parametrize("text", ["", "NaN", "nan", "N/A", "#DIV/0!", "null", "-", " "])
def test_spellings_of_a_missing_number(tmp_path, text):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=made.field(17, 5, text)))
    assert rules(weather) == ["gap"]
    before, after = weather.frame["temp_air"].iloc[[11, 13]]
    assert weather.frame["temp_air"].iloc[12] == pytest.approx((before + after) / 2)


def test_short_gaps_are_filled_by_the_sun_and_counted(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=made.without(FIRST + 11, FIRST + 13)))
    wanted = made.sound("2026-06-01", 4)
    assert {finding.count for finding in weather.findings} == {3}
    assert weather.frame["ghi"].iloc[11:14].to_numpy() == pytest.approx(
        wanted["ghi"].iloc[11:14].to_numpy(), rel=0.01
    )
    assert weather.frame["temp_air"].iloc[11:14].to_numpy() == pytest.approx(
        wanted["temp_air"].iloc[11:14].to_numpy(), abs=1.0
    )


def test_a_long_gap_is_filled_from_the_days_around_if_allowed(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=made.without(30, 53)), gaps="allow")
    (finding,) = weather.findings
    assert (finding.action, finding.count) == ("warned", 24)
    wanted = made.sound("2026-06-01", 4)
    assert weather.frame["temp_air"].to_numpy() == pytest.approx(wanted["temp_air"].to_numpy(), abs=0.5)
    assert weather.frame["ghi"].sum() == pytest.approx(wanted["ghi"].sum(), rel=0.05)


def test_equal_doubles_are_dropped(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=lambda lines: [*lines[:9], lines[8], *lines[9:]]))
    assert rules(weather) == ["double"]
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound("2026-06-01", 4).to_numpy())


def test_disorder_is_mended_only_on_demand(tmp_path):
    edit = lambda lines: [*lines[:4], *lines[:3:-1]]  # noqa: E731
    weather = read(made.write_csv(tmp_path / "a.csv", edit=edit), sort=True)
    assert rules(weather) == ["order"]
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound("2026-06-01", 4).to_numpy())


def test_a_second_of_drift_is_rounded_away(tmp_path):
    assert rules(read(made.write_csv(tmp_path / "a.csv", edit=made.change(9, "04:00", "04:00:01")))) == [
        "drift"
    ]


@pytest.mark.parametrize("code", ["-9900", "-9999", "-99999", "-999"])
def test_missing_codes_are_missing(tmp_path, code):
    assert rules(read(made.write_csv(tmp_path / "a.csv", edit=made.field(17, 5, code)))) == [
        "missing code",
        "gap",
    ]


def test_digits_of_other_scripts_are_no_time(tmp_path):
    path = made.write_csv(tmp_path / "a.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(":00,", ":00+\u0660\u0668:00,"), encoding="utf-8")
    assert "time must be ISO 8601" in str(refused(path))


def test_night_offsets_become_zero(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=made.field(FIRST, 2, "-3.1")))
    assert rules(weather) == ["night offset"]
    assert weather.frame["ghi"].iloc[0] == 0


def test_components_come_from_ghi_when_the_file_has_none(tmp_path):
    def edit(lines):
        keep = lambda cells: [cells[0], cells[1], cells[4]]  # noqa: E731
        return [*lines[:3], *(",".join(keep(line.split(","))) for line in lines[3:])]

    weather = read(made.write_csv(tmp_path / "a.csv", edit=edit))
    assert rules(weather) == ["components", "absent", "absent"]
    assert np.isfinite(weather.frame.to_numpy()).all()
    assert 0 < weather.frame["dhi"].sum() < weather.frame["ghi"].sum()
    assert (weather.frame["wind_speed"] == 2.0).all()


def test_a_longer_series_is_cut_and_a_shorter_one_refused(tmp_path):
    path = made.write_csv(tmp_path / "a.csv")
    day = Clock(dt.date(2026, 6, 2), dt.date(2026, 6, 2), 60, "Asia/Shanghai")
    weather = read(path, clock=day)
    assert rules(weather) == ["cut"]
    np.testing.assert_allclose(weather.frame.to_numpy(), made.sound("2026-06-01", 4).to_numpy()[24:48])
    month = Clock(dt.date(2026, 6, 1), dt.date(2026, 6, 30), 60, "Asia/Shanghai")
    assert "must cover the simulated period" in str(refused(path, clock=month))
    assert "must have 365 days to be repeated" in str(refused(path, clock=month, repeat="yearly"))


def test_a_year_repeats_on_demand_and_gives_a_leap_day_what_it_lacks(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", start="2025-01-01", days=365)
    leap = Clock(dt.date(2028, 2, 28), dt.date(2028, 3, 1), 60, "Asia/Shanghai")
    assert "must cover" in str(refused(path, clock=leap))
    weather = read(path, clock=leap, repeat="yearly")
    assert "repeat" in rules(weather)
    ghi = weather.frame["ghi"].to_numpy()
    np.testing.assert_allclose(ghi[24:48], (ghi[:24] + ghi[48:]) / 2)
    np.testing.assert_allclose(ghi[:24], made.sound("2025-01-01", 365)["ghi"].to_numpy()[58 * 24 : 59 * 24])


def test_a_leap_year_must_be_whole_to_repeat(tmp_path):
    after = Clock(dt.date(2030, 1, 31), dt.date(2030, 2, 1), 60, "Asia/Shanghai")
    short = made.write_csv(tmp_path / "a.csv", start="2024-02-01", days=365)
    assert "every day of a year" in str(refused(short, clock=after, repeat="yearly"))
    whole = made.write_csv(tmp_path / "b.csv", start="2024-02-01", days=366)
    assert "repeat" in rules(read(whole, clock=after, repeat="yearly"))


def test_a_year_copied_twice_is_told(tmp_path):
    year = made.write_csv(tmp_path / "a.csv", start="2025-01-01", days=365).read_text().splitlines()
    (tmp_path / "a.csv").write_text(
        "\n".join([*year, *(line.replace("2025-", "2026-") for line in year[4:])])
    )
    assert "copy" in rules(read(tmp_path / "a.csv"))


def test_columns_that_never_change_are_told(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", edit=made.column(6, lambda _: 3.0, FIRST)))
    assert rules(weather) == ["constant"]
    dark = made.write_csv(tmp_path / "b.csv", edit=lambda lines: [made_dark(line) for line in lines])
    assert any("0 all the time" in finding.message for finding in read(dark).findings)


def made_dark(line: str) -> str:
    cells = line.split(",")
    return line if len(cells) < 7 or cells[0] == "time" else ",".join([cells[0], "0", "0", "0", *cells[4:]])


def berlin(tmp_path, first: str, hours: int, **options):
    """Return UTC labels of a file of wall-clock times in Berlin from ``first`` on."""
    utc = pd.date_range(first, periods=hours, freq="h", tz="UTC")
    rows = [f"{time:%Y-%m-%dT%H:%M},0,{10 + n % 7}" for n, time in enumerate(utc.tz_convert("Europe/Berlin"))]
    path = tmp_path / "berlin.csv"
    path.write_text("\n".join(["# stamp: start", "time,ghi_w_m2,temp_air_degc", *rows]))
    spec = FileWeather(source="file", file=path.name, timezone="Europe/Berlin", **options)
    gated = through_gate(spec, path=path, site=Place(52.5, 13.4, 30.0))
    return gated.frame.index.tz_convert("UTC"), utc


def test_local_times_skip_an_hour_in_spring(tmp_path):
    labels, utc = berlin(tmp_path, "2025-03-29 22:00", 48)
    assert list(labels) == list(utc)


def test_local_times_that_happen_twice_need_a_rule(tmp_path):
    with pytest.raises(WeatherError, match="happens twice in Europe/Berlin") as caught:
        berlin(tmp_path, "2025-10-25 20:00", 48)
    assert caught.value.problems[0].line == 7
    labels, utc = berlin(tmp_path, "2025-10-25 20:00", 48, dst="infer")
    assert list(labels) == list(utc)


def test_local_times_that_never_were_are_refused(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", start="2025-03-29", days=2, form="%Y-%m-%dT%H:%M")
    assert "does not exist in Europe/Berlin" in str(refused(path, timezone="Europe/Berlin"))


def test_minutes_are_read_as_minutes(tmp_path):
    weather = read(made.write_csv(tmp_path / "a.csv", minutes=15))
    assert weather.interval_minutes == 15
    assert len(weather.frame) == 4 * 96

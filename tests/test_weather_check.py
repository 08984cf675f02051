"""The check of a weather file: what is in it, and what the choices about it change."""

import json

import pytest

from stationsim.errors import WeatherError
from stationsim.weather.check import check_weather, describe
from stationsim.weather.spec import FileWeather
from tests import made_weather as made
from tests.shared_data import shared


def test_a_sound_year_leaves_nothing_to_choose(tmp_path):
    check = check_weather(made.write_epw(tmp_path / "a.epw"))
    assert check.findings == ()
    assert check.suggested_shift_min == 0
    assert check.closure_best_shift_min == 0
    assert check.closure_rmse_w_m2 < 1
    assert list(check.poa_kwh_m2) == ["file, shift +0 min", "from_ghi, shift +0 min"]
    assert check.ghi_kwh_m2 == pytest.approx(made.sound()["ghi"].sum() / 1000)
    assert check.ghi_kwh_m2 < check.poa_kwh_m2["file, shift +0 min"] < 1.3 * check.ghi_kwh_m2


def test_a_check_is_plain_data_and_readable_lines(tmp_path):
    check = check_weather(made.write_epw(tmp_path / "a.epw", fields=32))
    data = json.loads(json.dumps(check.to_dict(), allow_nan=False))
    assert data["findings"][0]["rule"] == "fields"
    assert data["temp_mean_degc"] == pytest.approx(14, abs=0.1)
    lines = describe(check)
    assert lines[0] == "a.epw: epw, typical year, 60 min, 365 days"
    assert any("missing trailing ones were left empty [8760 rows]" in line for line in lines)


def test_a_dated_series_says_its_dates(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", edit=lambda lines: [made_dark(line) for line in lines])
    check = check_weather(path)
    assert (check.first, check.last, check.days) == ("2026-06-01 00:00", "2026-06-04 23:00", 4.0)
    assert check.ghi_kwh_m2 == 0


def made_dark(line: str) -> str:
    cells = line.split(",")
    return line if len(cells) < 7 or cells[0] == "time" else ",".join([cells[0], "0", "0", "0", *cells[4:]])


def test_a_file_without_a_place_needs_a_site(tmp_path):
    path = made.write_csv(tmp_path / "a.csv", comments=())
    spec = FileWeather(source="file", file="a.csv", stamp="start")
    with pytest.raises(WeatherError, match="must declare its position"):
        check_weather(path, spec=spec)
    check = check_weather(path, spec=spec, latitude_deg=36.6, longitude_deg=117.05)
    assert check.findings == ()


def test_a_file_of_elsewhere_is_told(tmp_path):
    check = check_weather(made.write_epw(tmp_path / "a.epw"), latitude_deg=30.0, longitude_deg=120.0)
    assert [finding.rule for finding in check.findings] == ["place"]


def test_jinan_gains_from_its_global_light_and_little_from_the_shift():
    check = check_weather(shared("weather/CHN_Shandong.Jinan.548230_CSWD.epw"))
    assert check.suggested_shift_min == -30
    assert check.poa_kwh_m2["from_ghi, shift +0 min"] == pytest.approx(1408, abs=5)
    assert check.poa_kwh_m2["file, shift +0 min"] == pytest.approx(1337, abs=5)
    assert check.poa_kwh_m2["file, shift -30 min"] == pytest.approx(1334, abs=5)


def test_drycold_closes_half_an_hour_earlier_though_its_light_is_centred():
    check = check_weather(shared("weather/USA_CO_Denver-Stapleton.724690_DRYCOLD-TMY_BESTEST.epw"))
    assert check.closure_best_shift_min == -30
    assert check.closure_best_rmse_w_m2 == pytest.approx(2.3, abs=0.1)
    assert check.suggested_shift_min == 0

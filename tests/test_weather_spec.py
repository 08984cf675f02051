"""The weather of a scenario: told apart by source, with nothing guessed."""

import pytest
from pydantic import TypeAdapter, ValidationError

from stationsim.weather.spec import FileWeather, SyntheticWeather, WeatherSpec, check_timezone

WEATHER = TypeAdapter(WeatherSpec)


def test_source_tells_the_kinds_apart():
    assert isinstance(WEATHER.validate_python({"source": "synthetic", "climate": "jinan"}), SyntheticWeather)
    assert isinstance(WEATHER.validate_python({"source": "file", "file": "a.epw"}), FileWeather)


@pytest.mark.parametrize("given", [{}, {"climate": "jinan", "climate_file": "own.csv"}])
def test_a_synthetic_year_has_exactly_one_climate(given):
    with pytest.raises(ValidationError, match="one of climate and climate_file"):
        WEATHER.validate_python({"source": "synthetic", **given})


@pytest.mark.parametrize(
    "url", ["https://example.org/a.epw", "ftp://example.org/a.epw", "file:///etc/passwd"]
)
def test_a_url_is_no_path(url):
    with pytest.raises(ValidationError, match="local path"):
        FileWeather(source="file", file=url)


@pytest.mark.parametrize("path", ["", "  ", "a\0b"])
def test_a_path_has_text_and_no_nul(path):
    with pytest.raises(ValidationError, match="path of a file"):
        FileWeather(source="file", file=path)


@pytest.mark.parametrize("name", ["Asia/Shanghai", "UTC", "+08:00", "-03:30", "+05:45", "Asia/Kathmandu"])
def test_zones_that_exist(name):
    assert check_timezone(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Asia/Beijing", "did you mean 'Asia/Shanghai'"),
        ("Asia/Shangai", "did you mean 'Asia/Shanghai'"),
        ("UTC+15", "must be a time zone"),
        ("+15:00", "-14:00 to"),
        ("+08:75", "-14:00 to"),
    ],
)
def test_zones_that_do_not(name, said):
    with pytest.raises(ValueError, match=said):
        check_timezone(name)


def test_what_is_for_the_plain_csv_is_refused_elsewhere():
    with pytest.raises(ValidationError, match="must have no stamp for format epw"):
        FileWeather(source="file", file="a.epw", format="epw", stamp="end")


def test_a_climate_must_come_along():
    assert SyntheticWeather(source="synthetic", climate="JINAN").climate == "JINAN"
    with pytest.raises(ValidationError, match="did you mean 'Jinan'"):
        SyntheticWeather(source="synthetic", climate="jinann")


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules"])
def test_a_zone_that_is_no_place_is_none(name):
    with pytest.raises(ValueError, match="time zone that exists"):
        check_timezone(name)


def test_a_shift_of_half_a_day_is_no_shift():
    with pytest.raises(ValidationError, match="180"):
        FileWeather(source="file", file="a.epw", shift_min=-720.0)

"""Numbers and units of siunitx, written as a reader sees them: "5 km", "1.2 × 10³"."""

import re
from collections.abc import Callable

PREFIXES = {
    "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "µ",
    "milli": "m", "centi": "c", "deci": "d", "deca": "da", "deka": "da", "hecto": "h", "kilo": "k",
    "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y",
    "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti",
}  # fmt: skip
UNITS = {
    "metre": "m", "meter": "m", "gram": "g", "kilogram": "kg", "second": "s", "ampere": "A",
    "kelvin": "K", "mole": "mol", "candela": "cd", "hertz": "Hz", "newton": "N", "pascal": "Pa",
    "joule": "J", "watt": "W", "coulomb": "C", "volt": "V", "farad": "F", "ohm": "Ω",
    "siemens": "S", "weber": "Wb", "tesla": "T", "henry": "H", "lumen": "lm", "lux": "lx",
    "becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "katal": "kat", "radian": "rad",
    "steradian": "sr", "celsius": "°C", "degreeCelsius": "°C", "degree": "°", "arcminute": "′",
    "arcsecond": "″", "percent": "%", "litre": "l", "liter": "l", "tonne": "t", "minute": "min",
    "hour": "h", "day": "d", "hectare": "ha", "electronvolt": "eV", "dalton": "Da", "bar": "bar",
    "bel": "B", "decibel": "dB", "byte": "B", "bit": "bit", "astronomicalunit": "au",
    "m": "m", "mm": "mm", "cm": "cm", "km": "km", "um": "µm", "nm": "nm", "g": "g", "mg": "mg",
    "kg": "kg", "s": "s", "ms": "ms", "us": "µs", "ns": "ns", "Hz": "Hz", "kHz": "kHz",
    "MHz": "MHz", "GHz": "GHz", "N": "N", "kN": "kN", "Pa": "Pa", "kPa": "kPa", "MPa": "MPa",
    "J": "J", "kJ": "kJ", "W": "W", "kW": "kW", "MW": "MW", "kWh": "kWh", "V": "V", "mV": "mV",
    "kV": "kV", "A": "A", "mA": "mA", "K": "K", "mol": "mol", "L": "l", "l": "l", "ml": "ml",
    "mL": "ml", "eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV", "dB": "dB", "pF": "pF",
}  # fmt: skip
POWERS = {"square": "²", "cubic": "³", "squared": "²", "cubed": "³"}
RAISED = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")

_BRACES = r"\s{0,9}\{((?:[^{}]|\{[^{}]{0,30}\}){0,200})\}"
_OPTIONS = r"(?:\[[^\[\]]{0,200}\])?"


def _command(names: str, arguments: int) -> re.Pattern[str]:
    return re.compile(rf"\\(?:{names})(?![A-Za-z])\s{{0,9}}{_OPTIONS}" + _BRACES * arguments)


MACRO = re.compile(r"\\(?:(?:tothe|raiseto)\{(?P<power>-?\d{1,3})\}|(?P<name>[A-Za-z]{1,20}))")
POWER = re.compile(r"\^\{?(-?\d{1,3})\}?")
EXPONENT = re.compile(r"(?P<number>[-+]?[\d.,]{0,20})[eEdD](?P<power>[-+]?\d{1,4})")


def _number(written: str) -> str:
    """A number as it is printed; a power of ten and a range of error have signs of their own."""
    written = written.replace("+-", " ± ").replace(r"\pm", " ± ").strip()
    if not (found := EXPONENT.fullmatch(written.replace(" ", ""))):
        return written
    power = f"10{found['power'].removeprefix('+').translate(RAISED)}"
    return f"{found['number']} × {power}" if found["number"] else power


def _unit(written: str) -> str:
    """A unit as it is printed: "m/s²" of "\\metre\\per\\second\\squared"."""
    if "\\" not in written:
        written = POWER.sub(lambda found: found[1].translate(RAISED), written.strip())
        return written.replace(".", "·").replace("~", "·")
    made = ""
    slash = prefix = power = ""  # of the next unit
    for found in MACRO.finditer(written):
        name = found["name"]
        if not name:
            made += found["power"].translate(RAISED)
        elif name == "per":
            slash = "/"
        elif name in PREFIXES:
            prefix = PREFIXES[name]
        elif name in ("square", "cubic"):
            power = POWERS[name]
        elif name in POWERS:
            made += POWERS[name]
        else:
            between = slash or ("·" if made else "")
            made += f"{between}{prefix}{UNITS.get(name, name)}{power}"
            slash = prefix = power = ""
    return (made + prefix).replace("W·h", "Wh")


def _with_unit(number: str, unit: str) -> str:
    made = _unit(unit)
    gap = "" if made.startswith(("°", "′", "″")) and not made.startswith("°C") else "~"
    return f"{_number(number)}{gap}{made}" if made else _number(number)


def _list(numbers: str) -> str:
    return ", ".join(map(_number, numbers.split(";")))


COMMANDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_command("SIrange|qtyrange", 3), lambda m: f"{_number(m[1])}–{_with_unit(m[2], m[3])}"),
    (_command("SIlist|qtylist", 2), lambda m: f"{_list(m[1])}~{_unit(m[2])}"),
    (_command("SI|qty", 2), lambda m: _with_unit(m[1], m[2])),
    (_command("numrange", 2), lambda m: f"{_number(m[1])}–{_number(m[2])}"),
    (_command("numlist", 1), lambda m: _list(m[1])),
    (_command("num", 1), lambda m: _number(m[1])),
    (_command("si|unit", 1), lambda m: _unit(m[1])),
    (_command("ang", 1), lambda m: f"{m[1].rstrip(';')}°" if ";" not in m[1][:-1] else m[0]),
)


def with_units(body: str) -> str:
    """Write the commands of siunitx in a text as what they print."""
    if "\\" not in body:
        return body
    for pattern, said in COMMANDS:
        body = pattern.sub(said, body)
    return body

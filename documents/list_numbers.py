"""Numbers of lists as a word processor shows them: "4.", "b)", "iv", "07"."""

import re

ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
LATIN = "abcdefghijklmnopqrstuvwxyz"
RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
LARGEST = 9999
MOST_REPEATED = 20  # letters of one number

PLACE = re.compile(r"%([1-9])")


def written(number: int, shape: str) -> str:
    """Write a number in a shape that Word names, such as "lowerRoman"; digits for unknown ones."""
    if shape == "none":
        return ""
    if shape == "decimalZero":
        return f"{number:02}"
    if shape == "ordinal":
        return ordinal(number)
    if shape in ("lowerRoman", "upperRoman"):
        made = roman(number)
    elif shape in ("lowerLetter", "upperLetter"):
        made = letters(number, LATIN)
    elif shape in ("russianLower", "russianUpper"):
        made = letters(number, RUSSIAN)
    else:
        return str(number)
    return made.upper() if shape.startswith("upper") or shape.endswith("Upper") else made


def roman(number: int) -> str:
    """Write a number in small Roman numerals, in digits where there are none."""
    if not 0 < number < LARGEST:
        return str(number)
    made = ""
    for value, signs in ROMAN:
        count, number = divmod(number, value)
        made += signs * count
    return made


def letters(number: int, alphabet: str) -> str:
    """Write a number as a small letter; after the last one, letters are doubled: "aa", "bb"."""
    if number < 1 or number > len(alphabet) * MOST_REPEATED:
        return str(number)
    times, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (times + 1)


def ordinal(number: int) -> str:
    """Write a number as English ordinals are: "1st", "12th"."""
    is_teen = 10 < number % 100 < 14
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def filled(pattern: str, numbers: list[str]) -> str:
    """Fill a pattern such as "%1.%2" with the numbers of the levels, from the uppermost on."""
    return PLACE.sub(
        lambda place: numbers[int(place[1]) - 1] if int(place[1]) <= len(numbers) else "", pattern
    )

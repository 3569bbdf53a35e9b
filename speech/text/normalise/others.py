"""Languages of which only numbers, percent and two currencies are known."""

from speech.text.normalise.language import Language


def _known(code: str, percent: str, euro: str, dollar: str, point: str) -> Language:
    currencies = {"€": (euro, ""), "$": (dollar, "")}
    units = {"%": percent} if percent else {}
    return Language(
        code=code,
        point=point,
        are_decimals_digits=True,
        separators=". \u00a0\u202f",
        currencies=currencies,
        units=units,
        is_one_left=True,
    )


LANGUAGES = {
    "ca": _known("ca", "per cent", "euros", "dòlars", "coma"),
    "da": _known("da", "procent", "euro", "dollar", "komma"),
    "nb": _known("nb", "prosent", "euro", "dollar", "komma"),
    "ro": _known("ro", "la sută", "euro", "dolari", "virgulă"),
    "fi": _known("fi", "prosenttia", "euroa", "dollaria", "pilkku"),
    "cs": _known("cs", "procent", "eur", "dolarů", "celá"),
    "hu": _known("hu", "százalék", "euró", "dollár", "egész"),
    "tr": _known("tr", "", "avro", "dolar", "virgül"),
}

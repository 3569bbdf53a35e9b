"""Signs of fonts that draw pictures in the place of letters: Symbol, Wingdings and their kin."""

GREEK = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywV",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψως",
        strict=True,
    )
)
SYMBOL = {ord(letter): sign for letter, sign in GREEK.items()} | {
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°",
    0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB8: "÷", 0xB9: "≠",
    0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xCF: "∉",
    0xD1: "∇", 0xD6: "√", 0xD7: "⋅", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫", 0x22: "∀", 0x24: "∃",
    0x2D: "−", 0x27: "∋", 0x40: "≅", 0x5C: "∴", 0x6A: "ϕ", 0x4A: "ϑ", 0x76: "ϖ",
}  # fmt: skip
WINGDINGS = {0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "→", 0xFC: "✓"}
OTHER = "•"  # a picture without a letter of its own


def sign_of(font: str, code: int) -> str:
    """Find the sign that a font draws for a code; "•" where it is a mere picture."""
    code = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    name = font.lower()
    if name == "symbol":
        if code in SYMBOL:
            return SYMBOL[code]
        return chr(code) if 0x20 <= code < 0x7F else OTHER
    if name.startswith(("wingdings", "webdings", "zapf")):
        return WINGDINGS.get(code, OTHER) if name == "wingdings" else OTHER
    return chr(code) if 0x20 <= code < 0xD800 else OTHER

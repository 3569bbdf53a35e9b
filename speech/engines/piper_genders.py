"""Genders of Piper's voices, by the recordings that they were made from.

No file of a model says it. Named here are those alone of which it is certain.
"""

FEMALE = frozenset(
    (
        *("alba", "amy", "anna", "berta", "cori", "daniela", "eva_k", "gosia", "hfc_female"),
        *("huayan", "irina", "jenny_dioco", "kathleen", "kerstin", "kristin", "lada", "lessac"),
        *("lili", "lisa", "ljspeech", "marylux", "maya", "meera", "natia", "nathalie"),
        *("padmavathi", "paola", "priyamvada", "ramona", "rapunzelina", "salka", "siwis"),
        *("southern_english_female", "ugla", "upc_ona"),
    )
)
MALE = frozenset(
    (
        *("aivars", "alan", "amir", "arjun", "artur", "bryce", "bui", "cadu", "carlfm", "danny"),
        *("darkman", "davefx", "denis", "dmitri", "edresson", "faber", "fahrettin", "fettah"),
        *("gilles", "gwryw_gogleddol", "harri", "hfc_male", "imre", "jeff", "jirka", "joe", "john"),
        *("kareem", "karlsson", "kusal", "mc_speech", "mihai", "norman", "northern_english_male"),
        *("pavoque", "pim", "pratham", "reza_ibrahim", "riccardo", "rohan", "ronnie", "ruslan"),
        *("ryan", "steinn", "thorsten", "thorsten_emotional", "tom", "upc_pau"),
        "venkatesh",
    )
)
SPEAKERS = {"f": "female", "female": "female", "m": "male", "male": "male"}


def gender_of(identifier: str, speaker: str = "") -> str | None:
    """The gender of a model such as "en_US-amy-medium", or of one of its speakers, if known."""
    parts = identifier.split("-")
    made_from = "-".join(parts[1:-1]) if len(parts) > 2 else identifier
    if made_from in FEMALE:
        return "female"
    if made_from in MALE:
        return "male"
    return SPEAKERS.get(speaker.lower())

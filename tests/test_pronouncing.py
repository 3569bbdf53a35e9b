"""What a person's dictionary does to what is heard, priced and found."""





def test_phonemes_of_the_dictionary_are_spoken_as_phonemes(home):
    text = "Say it now, Ghoti."
    home.db.create_pronunciation(home.user_id, "Ghoti", "f'IS@n@l@n@f'IS", phonemes=True)
    phonemes = home.speak(text)
    home.db.delete_pronunciation(home.user_id, home.db.list_pronunciations(home.user_id)[0]["id"])
    home.db.create_pronunciation(home.user_id, "Ghoti", "f'IS@n@l@n@f'IS")
    spelled = home.speak(text)
    assert spelled["duration"] > phonemes["duration"] + 0.5  # its letters and signs by name

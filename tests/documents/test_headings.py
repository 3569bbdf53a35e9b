"""Typed headings are told from running text, in the languages of books."""

import pytest

from documents.plain_headings import heading_level, is_scene_break

CHAPTERS = """
CHAPTER THIRTEEN|Chapter Twenty-One|CHAPTER TWENTY ONE|CHAPTER THE LAST|Chapter One Hundred and Two
Chapter 1: The Road|Chapter 1 - The Road|CHAPTER I.—THE ROAD|CHAPTER IV THE WHITE RABBIT
Chapter 4 The White Rabbit|Chapter thirty-three. The End|Scene II|2nd Chapter|Introduction
Kapitel dreizehn|Erstes Kapitel|Dreizehntes Kapitel|Einundzwanzigstes Kapitel|1. Kapitel
21. Kapitel: Der Weg|Letztes Kapitel|Anhang B|Das dritte Kapitel|Chapitre premier|Chapitre Ier
Chapitre vingt et un|Chapitre vingt-et-unième|Premier chapitre|Capítulo primero|Capítulo XIII
Capítulo trece|CAPÍTULO VIGÉSIMO PRIMERO|Capítulo treinta y dos|Capitolo terzo|Capitolo ventitré
Capitolo ventunesimo|Capítulo vigésimo primeiro|Capítulo vinte e um|Hoofdstuk een
Eerste hoofdstuk|Hoofdstuk eenentwintig|Tweeëntwintigste hoofdstuk|Rozdział dwudziesty pierwszy
Första kapitlet|Tjugoförsta kapitlet|Kapitel tjugoett|Kapitola první|Глава первая
ГЛАВА ДВАДЦАТЬ ПЕРВАЯ|Глава XII. Дом|第三章|第三章 红楼|第十二回 贾宝玉|第１話|제1장 시작
"""
PARTS = """
Book the First|The First Part|Act One|Part 2|Erster Teil|Zweites Buch|IIIe partie|Deuxième partie
Libro segundo|Parte terza|Primeira parte|Eerste deel|Część pierwsza|Andra delen|Часть вторая|第二部
"""
RUNNING_TEXT = """
Chapter one of the book was long.|Part of me wanted to go.|Section 8 housing was there.
Part one was over, and two began|Book two tickets.|First part of the day|Act now|One book|Two parts
Scene of the crime|Chapter one - of the book - was long.|Letter to a friend|Book of Job|I.|Last
Part I played in it was small.|Section one, I think|In the first chapter|Kapitel drei war lang.
Das erste Kapitel war lang.|Teil der Lösung|Einleitung und Dank|Chapitre un de ce livre
Le premier livre qu'il lut|Parte di|Parte di me|Del primero.|Глава семьи молчал.
Глава первая была длинной.|Część pierwsza była długa.|第三章讲述了一个故事。|제1장은 길었다|第一次
"""


def lines(listed):
    return [line for row in listed.strip().splitlines() for line in row.split("|")]


@pytest.mark.parametrize("line", lines(CHAPTERS))
def test_a_chapter_is_known_by_its_number_in_words_or_digits(line):
    assert heading_level(line) == 2


@pytest.mark.parametrize("line", lines(PARTS))
def test_parts_and_books_stand_above_chapters(line):
    assert heading_level(line) == 1


@pytest.mark.parametrize("line", lines(RUNNING_TEXT))
def test_running_text_is_no_heading(line):
    assert heading_level(line) == 0


@pytest.mark.parametrize(
    "line",
    ["#", "*", "❦", "⁂", "~", "—", "* * *", "~ ~ ~", "ooo", "oOo", "x x x", "-oOo-", "-----"],
)
def test_ornaments_part_scenes(line):
    assert is_scene_break(line)


@pytest.mark.parametrize(
    "line",
    ["I", "5", "No", "$5", "OK", "?", "Ooh", "xx", "000 1", "", "😂😂😂", "€€€", "?!?!", "∞", "½"],
)
def test_short_lines_of_words_are_no_scene_breaks(line):
    assert not is_scene_break(line)


def test_long_and_odd_lines_are_looked_at_quickly():
    for line in ("." * 100_000, "I" * 100_000, "Chapter " * 20_000, "o " * 50_000, "- " * 50):
        assert heading_level(line) == 0
        is_scene_break(line)
